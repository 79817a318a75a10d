import { spawnSync } from 'node:child_process';
import { chmodSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import t from 'tap';
import { Peers } from '../../src/access/peers.js';
import { installation } from '../cli/installation.js';

const { username } = userInfo();
const isRoot = process.getuid?.() === 0;
/** Asks for a path over a socket as a user of this host with such groups, and says the status and what was answered. */
function asUser(socket: string, path: string, uid: number, gid: number, groups: number[] = []): string {
  const script = `
    process.setgroups(${JSON.stringify(groups)}); process.setgid(${gid}); process.setuid(${uid});
    require('http').get({ socketPath: ${JSON.stringify(socket)}, path: ${JSON.stringify(path)} }, async (answer) => {
      process.stdout.write(answer.statusCode + ' ');
      for await (const part of answer) process.stdout.write(part);
    }).on('error', ({ code }) => process.stdout.write(code));`;
  return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout;
}

await t.test('a user without a token is let in by the socket where a role is granted', async (t) => {
  const { run, serve } = installation(t);
  const service = await serve({ VIRTWARDEN_SOCKET_PEERS: `${username}=viewer` });
  const none = { VIRTWARDEN_ADMIN_TOKEN_FILE: '/nonexistent/token' };
  t.match(await run(['config', 'get', 'reconcile'], none), { code: 0, stdout: 'repair\n' });
  t.match(await run(['config', 'set', 'reconcile=report'], none), {
    code: 3,
    stderr: `needs the role admin; ${username} has the role viewer`,
  });
  t.match(await run(['config', 'get', 'reconcile'], { VIRTWARDEN_TOKEN: 'wrong' }), {
    code: 3,
    stderr: /The token is not valid/,
  });
  service.child.kill('SIGTERM');
  await service.end();
});

await t.test('where none is granted a token is needed, whoever it is', async (t) => {
  const { run, serve } = installation(t);
  await serve();
  const none = { VIRTWARDEN_ADMIN_TOKEN_FILE: '/nonexistent/token' };
  t.match(await run(['config', 'get'], none), { code: 3, stderr: /needs the header "Authorization/ });
});

await t.test('users and groups, by name or number, the first that fits', async (t) => {
  if (!isRoot) {
    t.comment('not run: only root can be another user');
    return;
  }
  const { directory, serve } = installation(t);
  chmodSync(directory, 0o755);
  const socket = `${directory}/sock`;
  const peers = '4711=viewer,@4712=operator,@daemon=admin,nobody=viewer';
  await serve({ VIRTWARDEN_SOCKET_PEERS: peers, VIRTWARDEN_SOCKET_MODE: '666' });
  const daemon = Number(spawnSync('getent', ['group', 'daemon'], { encoding: 'utf8' }).stdout.split(':')[2]);
  const roleOf = (...who: [number, number, number[]?]) =>
    /^401/.exec(asUser(socket, '/v1/operations', ...who))?.[0] ??
    /(uid )?\S+( of @\w+)? has the role \w+/.exec(asUser(socket, '/v1/tokens', ...who))?.[0] ??
    asUser(socket, '/v1/tokens', ...who).slice(0, 3);
  t.equal(roleOf(4711, 4700), '4711 has the role viewer');
  t.equal(roleOf(4711, 4712), '4711 has the role viewer', 'not more than what comes first');
  t.equal(roleOf(4713, 4712), 'uid 4713 of @4712 has the role operator');
  t.equal(roleOf(4713, 4700, [1, 4712]), 'uid 4713 of @4712 has the role operator');
  t.equal(roleOf(4713, 4700, [daemon]), '200');
  t.equal(roleOf(65534, 4700), 'nobody has the role viewer');
  t.equal(roleOf(4713, 4700, [4711]), '401', 'a group that has the number of a user is not that user');
  t.equal(roleOf(0, 0), '401', 'root, too, where nothing is granted to it');
  t.match(asUser(socket, '/v1/tokens', 4713, 4700), /SOCKET_PEERS grants nothing to uid 4713/);
});

await t.test('who may connect is said by mode and group', async (t) => {
  if (!isRoot) {
    t.comment('not run: only root can be another user');
    return;
  }
  const { directory, serve } = installation(t);
  chmodSync(directory, 0o755);
  const socket = `${directory}/sock`;
  await serve({ VIRTWARDEN_SOCKET_GROUP: '4712', VIRTWARDEN_SOCKET_PEERS: '@4712=viewer' });
  const { mode, gid, uid } = statSync(socket);
  t.strictSame([mode & 0o7777, uid, gid], [0o660, 0, 4712]);
  t.equal(asUser(socket, '/healthz', 4711, 4700), 'EACCES');
  t.match(asUser(socket, '/v1/operations', 4711, 4700, [4712]), /^200 /);
});

await t.test('a user or group that is not there keeps the service from starting', async (t) => {
  t.throws(() => new Peers(['no-such-user=admin']), {
    message: 'There is no user "no-such-user" on this host.',
  });
  t.throws(() => new Peers(['@no-such-group=admin']), { message: /There is no group "no-such-group"/ });
  const { start } = installation(t);
  const service = start(['serve'], { VIRTWARDEN_SOCKET_PEERS: 'no-such-user=admin' });
  t.equal(await service.end(), 2);
  t.match(service.stderr, 'virtwarden: There is no user "no-such-user" on this host.');
});
