import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { peerCredentials } from '../lib/index.js';

/** Node does not show it, but has it. */
const fdOf = (socket: Socket): number => (socket as unknown as { _handle: { fd: number } })._handle.fd;

/** Short enough for a socket, and where every user gets to. */
function socketPath(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'node-linux-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  chmodSync(directory, 0o755);
  return join(directory, 'sock');
}

async function listening(t: Test, where: string | number): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(where);
  t.teardown(() => server.close());
  await once(server, 'listening');
  return server;
}

async function accepted(t: Test, server: Server): Promise<Socket> {
  const [socket] = (await once(server, 'connection')) as [Socket];
  t.teardown(() => socket.destroy());
  return socket;
}

await t.test('who connected a unix socket', async (t) => {
  const path = socketPath(t);
  const server = await listening(t, path);
  const client = connect(path);
  t.teardown(() => client.destroy());
  const { pid, uid, gid, groups } = peerCredentials(fdOf(await accepted(t, server)));
  t.strictSame([pid, uid, gid], [process.pid, process.getuid?.(), process.getgid?.()]);
  t.strictSame(new Set([...groups, gid]), new Set(process.getgroups?.()));
});

await t.test('a client that has gone, of another user with many groups', async (t) => {
  if (process.getuid?.() !== 0) {
    t.comment('not run: only root can be another user');
    return;
  }
  const path = socketPath(t);
  const server = await listening(t, path);
  chmodSync(path, 0o666);
  const groups = Array.from({ length: 300 }, (_, i) => 5000 + i);
  const script = `
    process.setgroups(${JSON.stringify(groups)});
    process.setgid(4712);
    process.setuid(4711);
    require('net').connect(${JSON.stringify(path)}, () => process.exit());`;
  const child = spawn(process.execPath, ['-e', script]);
  const gone = once(child, 'exit');
  const socket = await accepted(t, server);
  await gone;
  t.strictSame(peerCredentials(fdOf(socket)), { pid: child.pid, uid: 4711, gid: 4712, groups });
});

await t.test('what has no peer with credentials', async (t) => {
  const server = await listening(t, 0);
  const { port } = server.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  t.teardown(() => client.destroy());
  const socket = await accepted(t, server);
  t.throws(() => peerCredentials(fdOf(socket)), { code: 'ENODATA' });
  t.throws(() => peerCredentials(openSync('/dev/null', 'r')), { code: 'ENOTSOCK' });
  t.throws(() => peerCredentials(999_999), { code: 'EBADF' });
  for (const wrong of [-1, 1.5, NaN, 2 ** 31, '0'])
    t.throws(() => peerCredentials(wrong as number), RangeError);
});
