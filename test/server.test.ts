import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { Cli } from './helpers/cli.js';

/** A service over libvirt's test driver on a unix socket, with a state directory of its own. */
function serve(t: Test, settings: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-')); // short enough for a socket
  const socket = join(directory, 'sock');
  const config = join(directory, 'virtwarden.json');
  writeFileSync(config, '{}');
  const start = (): Cli => {
    const cli = new Cli(['serve'], {
      VIRTWARDEN_CONFIG: config,
      VIRTWARDEN_URI: 'test:///default',
      VIRTWARDEN_LISTEN: `unix:${socket}`,
      VIRTWARDEN_STATE_DIR: join(directory, 'state'),
      ...settings,
    });
    t.teardown(async () => {
      cli.child.kill('SIGKILL');
      await cli.end();
    });
    return cli;
  };
  t.teardown(() => rmSync(directory, { recursive: true }));
  return { directory, socket, start, tokenFile: join(directory, 'state', 'admin.token') };
}

async function get(socketPath: string, path: string, token?: string): Promise<[number | undefined, string]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const asked = request({ socketPath, path, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return [response.statusCode, await text(response)];
}

await t.test(
  'it says where it is and where the token is, which lets in; and ends when told to',
  async (t) => {
    const { socket, start, tokenFile } = serve(t);
    const cli = start();
    await cli.says('token was made');
    t.match(cli.stdout, `API at unix:${socket}/v1, docs at unix:${socket}/docs`);
    t.match(cli.stdout, `it is in ${tokenFile}`);
    const token = readFileSync(tokenFile, 'utf8').trim();
    t.notMatch(cli.stdout, token, 'but not the token');

    t.equal((await get(socket, '/healthz'))[0], 200);
    t.equal((await get(socket, '/v1/vms'))[0], 401);
    t.not((await get(socket, '/v1/vms', token))[0], 401);
    t.equal((await get(socket, `/v1/vms?access_token=${token}`))[0], 401);
    t.equal((await get(socket, `/nowhere?access_token=${token}`))[0], 404);

    cli.child.kill('SIGTERM');
    t.equal(await cli.end(), 0);
    t.notMatch(cli.stdout, token);
  },
);

await t.test('the next start has the same token, and takes a socket that nobody listens on', async (t) => {
  const { socket, start, tokenFile } = serve(t);
  const first = start();
  await first.says('token was made');
  const token = readFileSync(tokenFile, 'utf8').trim();
  first.child.kill('SIGKILL');
  await first.end();
  t.ok(existsSync(socket), 'left behind');

  const second = start();
  await second.says('The admin token is in');
  t.not((await get(socket, '/v1/vms', token))[0], 401);
});

await t.test('a socket that somebody listens on is not taken', async (t) => {
  const { socket, start } = serve(t);
  const other = createServer((connection) => connection.destroy()).listen(socket);
  await once(other, 'listening');
  t.teardown(() => other.close());
  const cli = start();
  t.equal(await cli.end(), 2);
  t.match(cli.stderr, `virtwarden: Something listens on ${socket} already.`);
  t.ok(existsSync(socket));
});

await t.test('nor one on which somebody listens who is too busy to answer', async (t) => {
  const { socket, start } = serve(t);
  const busy = `require('net').createServer().listen({ path: ${JSON.stringify(socket)}, backlog: 1 }, () => {
    require('fs').writeSync(1, 'listening');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const other = spawn(process.execPath, ['-e', busy], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  const waiting = [1, 2].map(() => connect(socket));
  t.teardown(() => waiting.forEach((one) => one.destroy()));
  await Promise.all(waiting.map((one) => once(one, 'connect')));
  const cli = start();
  t.equal(await cli.end(), 2);
  t.match(cli.stderr, `virtwarden: Something listens on ${socket} already.`);
  t.ok(existsSync(socket));
});

await t.test('what is there and is no socket is not taken away', async (t) => {
  const { socket, start } = serve(t);
  writeFileSync(socket, 'precious');
  const cli = start();
  t.equal(await cli.end(), 2);
  t.match(cli.stderr, `virtwarden: ${socket} is there and is no socket.`);
  t.equal(readFileSync(socket, 'utf8'), 'precious');
});

await t.test('TLS files that are not there', async (t) => {
  const missing = { VIRTWARDEN_TLS_CERT: '/missing.pem', VIRTWARDEN_TLS_KEY: '/missing.key' };
  const { start } = serve(t, { VIRTWARDEN_LISTEN: '127.0.0.1:0', ...missing });
  const cli = start();
  t.equal(await cli.end(), 2);
  t.match(cli.stderr, /The TLS files cannot be used: .*\/missing\.pem/);
});

await t.test('a state directory that cannot be made', async (t) => {
  const { start, directory } = serve(t, { VIRTWARDEN_STATE_DIR: '/dev/null/state' });
  const cli = start();
  t.equal(await cli.end(), 1);
  t.match(cli.stderr, /^virtwarden: .*\/dev\/null\/state/);
  t.notOk(existsSync(join(directory, 'sock')));
});
