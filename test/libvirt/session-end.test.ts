import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { LibvirtSession } from '../../src/libvirt/session.js';
import { deadUri } from '../helpers/app.js';

const log = { info: () => undefined, warn: () => undefined };
const prepare = (): Promise<void> => Promise.resolve();

/** A daemon that takes connections and never says a word, like one that is stopped by a signal. */
async function silentDaemon(t: Test) {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-'));
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(join(directory, 'sock'));
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(directory, { recursive: true });
  });
  return { server, uri: `qemu+unix:///system?socket=${directory}/sock` };
}

await t.test('the end does not wait for the next attempt', async (t) => {
  const waits: number[] = [];
  let waiting = (): void => undefined;
  const waited = new Promise<void>((resolve) => (waiting = resolve));
  // a clock that stands still: only the end of the session ends the wait
  const delay = (ms: number, signal: AbortSignal): Promise<void> => {
    waits.push(ms);
    waiting();
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
  };
  const session = new LibvirtSession({ uri: deadUri, log, prepare, delay });
  session.start();
  await waited;
  await session.close();
  t.equal(waits.length, 1);
  t.ok(waits.every((ms) => ms >= 50 && ms <= 100));
});

await t.test('the end does not wait for a daemon that does not answer', { timeout: 10_000 }, async (t) => {
  const { server, uri } = await silentDaemon(t);
  const session = new LibvirtSession({ uri, log, prepare });
  session.start();
  await once(server, 'connection');
  await session.close();
  t.equal(session.connected, false);
});
