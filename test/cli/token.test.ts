import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import t from 'tap';
import type { Token, TokenCreated } from '../../src/schemas/token.js';
import { Authority } from '../helpers/certificates.js';
import { installation, type Outcome } from './installation.js';

const json = ({ stdout }: Outcome): unknown => JSON.parse(stdout);
const made = /^vw_[\w-]{43}\n$/;

for (const up of [false, true]) {
  await t.test(`while the service is ${up ? 'up' : 'down'}`, async (t) => {
    const { run, serve, stored } = installation(t);
    const service = await serve(); // it makes the admin token
    if (!up) {
      service.child.kill('SIGTERM');
      await service.end();
    }
    const created = await run(['token', 'create', 'ci', '--role', 'operator', '--trust', '--expires', '30d']);
    t.match(created, { code: 0, stdout: made, stderr: /not shown again/ });
    t.notMatch(JSON.stringify(stored('tokens.json')), created.stdout.trim());
    const viewer = json(await run(['token', 'create', 'eye', '--role', 'viewer', '--json'])) as TokenCreated;
    t.match(viewer, { name: 'eye', role: 'viewer', trust: false, token: /^vw_/ });
    t.match(await run(['token', 'create', 'eye', '--role', 'viewer']), {
      stderr: /There is a token eye already/,
    });

    const list = await run(['token', 'list']);
    t.match(
      list.stdout,
      /^admin admin, made .*, no end, .*\nci operator\+trust, made .*, until .*\neye viewer, /,
    );
    const items = json(await run(['token', 'list', '--json'])) as Token[];
    const days = (Date.parse(items[1]?.expiresAt ?? '') - Date.now()) / 86_400_000;
    t.ok(days > 29.9 && days <= 30, `${days} days`);

    if (up) {
      const policy = ['config', 'get', 'reconcile'];
      const change = ['config', 'set', 'reconcile=report'];
      const as = { VIRTWARDEN_TOKEN: viewer.token };
      t.match(await run(policy, as), { code: 0, stdout: 'repair\n' });
      t.match(await run(change, as), { code: 3, stderr: /needs the role admin; eye has the role viewer/ });
      t.match(await run(['token', 'revoke', 'eye']), { code: 0, stderr: /eye is revoked/ });
      t.match(await run(policy, as), { code: 3, stderr: /The token is not valid/ });
    } else {
      t.match(await run(['token', 'revoke', viewer.id]), { code: 0 });
    }
    t.match(await run(['token', 'revoke', 'eye']), { code: 2, stderr: /There is no token eye/ });
    t.match(await run(['token', 'revoke', 'admin']), { stderr: /make another before/ });
    t.notMatch((await run(['token', 'list'])).stdout, 'eye');
  });
}

await t.test('a service that has never been started may be given a token beforehand', async (t) => {
  const { run } = installation(t);
  t.match(await run(['token', 'list', '--json']), { code: 0, stdout: '[]\n' });
  t.match(await run(['token', 'create', 'ops', '--role', 'admin']), { code: 0, stdout: made });
  t.match(await run(['token', 'list']), { stdout: /^ops admin, .*never used/ });
});

await t.test('a first start that finds a token makes none, and says how an admin gets one', async (t) => {
  const { run, serve } = installation(t);
  await run(['token', 'create', 'eye', '--role', 'viewer']);
  const service = await serve();
  await service.says('stop the service and run: virtwarden token create NAME --role admin');
});

await t.test('to a service with TLS a command that does not know of it says what is missing', async (t) => {
  const { run, serve } = installation(t);
  const server = new Authority(t).issue('server', '/CN=localhost');
  const listen = { VIRTWARDEN_LISTEN: '127.0.0.1:0' };
  await serve({ ...listen, VIRTWARDEN_TLS_CERT: server.cert, VIRTWARDEN_TLS_KEY: server.key });
  const listed = await run(['token', 'list'], listen);
  t.match(listed, { code: 3, stderr: /has to be told so here, too: --tls-cert and --tls-key/ });
});

await t.test('nothing is shown to who listens where a service was that has been killed', async (t) => {
  const { directory, run, serve } = installation(t);
  const path = `${directory}/elsewhere`;
  const service = await serve({ VIRTWARDEN_LISTEN: `unix:${path}` });
  service.child.kill('SIGKILL');
  await service.end();
  rmSync(path);
  let connections = 0;
  const stranger = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(path);
  await once(stranger, 'listening');
  t.teardown(() => stranger.close());
  t.match(await run(['token', 'list']), { code: 0, stdout: /^admin admin, / });
  t.match(await run(['vm', 'list']), { code: 3, stderr: /No service runs here/ });
  t.equal(connections, 0);
});

const wrong: [args: string[], says: RegExp][] = [
  [[], /token wants create NAME --role ROLE, list, or revoke NAME/],
  [['create'], /token wants/],
  [['create', 'a', 'b', '--role', 'viewer'], /token wants/],
  [['create', 'a'], /needs --role, one of viewer, operator, admin/],
  [['create', 'a', '--role', 'root'], /needs --role, one of/],
  [['create', 'a', '--role', 'viewer', '--expires', 'soon'], /"soon" is neither 30d, 12h or 15m nor a time/],
  [['create', 'a', '--role', 'viewer', '--expires', '2030-01-31'], /is neither/],
  [['create', 'a b', '--role', 'viewer'], /"a b" is no name of a token/],
  [['list', 'x'], /token wants/],
  [['revoke'], /token wants/],
];
for (const [args, says] of wrong) {
  await t.test(`wrong use: ${args.join(' ')}`, async (t) => {
    const { run } = installation(t);
    t.match(await run(['token', ...args]), { code: 2, stdout: '', stderr: says });
  });
}
