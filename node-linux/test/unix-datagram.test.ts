import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { sendUnixDatagram } from '../lib/index.js';
import { DatagramReceiver } from './datagram-receiver.js';

const directory = mkdtempSync(join(tmpdir(), 'node-linux-'));
t.teardown(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'sock');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const [kind, address] of [
  ['of a path', path],
  ['of an abstract name', `@node-linux-${randomUUID()}`],
  ['of the longest abstract name', `@${randomUUID()}`.padEnd(107, 'x')],
] as const) {
  await t.test(`a datagram reaches a socket ${kind}`, async (t) => {
    await using receiver = await DatagramReceiver.bind(address);
    for (const text of ['READY=1\nSTATUS=läuft', ''])
      t.strictSame((sendUnixDatagram(address, bytes(text)), await receiver.next()), {
        text,
        pid: process.pid,
      });
  });
}

await t.test('a full queue refuses at once, and takes more when it was read', async (t) => {
  const address = `@node-linux-${randomUUID()}`;
  await using receiver = await DatagramReceiver.bind(address);
  const before = readdirSync('/proc/self/fd').length;
  receiver.pause();
  let sent = 0;
  t.throws(
    () => {
      for (;;) sendUnixDatagram(address, bytes(String(sent++)));
    },
    { code: 'EAGAIN' },
  );
  receiver.resume();
  for (let i = 0; i < sent - 1; i++) t.equal((await receiver.next()).text, String(i));
  sendUnixDatagram(address, bytes('again'));
  t.equal((await receiver.next()).text, 'again');
  t.equal(readdirSync('/proc/self/fd').length, before, 'no descriptor is left open');
});

await t.test('where nobody receives', async (t) => {
  const to = (name: string) => () => sendUnixDatagram(join(directory, name), bytes('x'));
  t.throws(to('nothing'), { code: 'ENOENT' });
  writeFileSync(join(directory, 'file'), '');
  t.throws(to('file'), { code: 'ECONNREFUSED' });
  const server = createServer().listen(join(directory, 'stream'));
  await once(server, 'listening');
  t.throws(to('stream'), { code: 'EPROTOTYPE' });
  server.close();
  t.throws(() => sendUnixDatagram(`@${randomUUID()}`, bytes('x')), { code: 'ECONNREFUSED' });
});

await t.test('what is too long, and what is no address', async (t) => {
  const address = `@node-linux-${randomUUID()}`;
  await using receiver = await DatagramReceiver.bind(address);
  t.throws(() => sendUnixDatagram(address, new Uint8Array(2 ** 23)), { code: 'EMSGSIZE' });
  sendUnixDatagram(address, bytes('short'));
  t.equal((await receiver.next()).text, 'short');
  for (const wrong of ['', '@', 'relative', 'vsock:2:1', '/a\0b', '/'.padEnd(108, 'x')])
    t.throws(() => sendUnixDatagram(wrong, bytes('x')), RangeError, JSON.stringify(wrong));
});
