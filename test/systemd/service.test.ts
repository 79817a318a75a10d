import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DatagramReceiver } from '../../node-linux/test/datagram-receiver.js';
import { deadUri } from '../helpers/app.js';
import { Cli } from '../helpers/cli.js';

/** The service as systemd starts it, and what it tells. */
async function started(t: Test, uri: string) {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const socket = join(directory, 'sock');
  const notifySocket = join(directory, 'notify');
  const config = join(directory, 'virtwarden.json');
  writeFileSync(config, '{}');
  const systemd = await DatagramReceiver.bind(notifySocket);
  t.teardown(() => systemd[Symbol.asyncDispose]());
  const service = new Cli(['serve'], {
    VIRTWARDEN_CONFIG: config,
    VIRTWARDEN_URI: uri,
    VIRTWARDEN_LISTEN: `unix:${socket}`,
    VIRTWARDEN_STATE_DIR: join(directory, 'state'),
    NOTIFY_SOCKET: notifySocket,
    WATCHDOG_USEC: '200000',
  });
  t.teardown(async () => {
    service.child.kill('SIGKILL');
    await service.end();
  });
  return { socket, systemd, service };
}

await t.test('systemd is told that it listens, is connected, is alive, and ends', async (t) => {
  const { socket, systemd, service } = await started(t, 'test:///default');
  const { text, pid } = await systemd.next();
  t.match(text, /^READY=1\nSTATUS=serving on unix:/);
  t.equal(pid, service.child.pid, 'by itself: NotifyAccess=main');
  const client = connect(socket);
  await once(client, 'connect');
  client.destroy();
  await systemd.nextWith(`STATUS=serving on unix:${socket}; connected to test:///default`);
  for (let i = 0; i < 3; i++) await systemd.nextWith('WATCHDOG=1');
  service.child.kill('SIGTERM');
  t.match((await systemd.nextWith('STOPPING=1')).text, /STATUS=ending/);
  t.equal(await service.end(), 0);
});

await t.test('without libvirt it is ready and alive, and says what it waits for', async (t) => {
  const { systemd } = await started(t, deadUri);
  await systemd.nextWith('READY=1');
  await systemd.nextWith(/^STATUS=serving on .*; waiting for libvirt: \S/);
  for (let i = 0; i < 3; i++) await systemd.nextWith('WATCHDOG=1');
});
