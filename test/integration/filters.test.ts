import { stat } from 'node:fs/promises';
import t from 'tap';
import { attempt, ethernet, Guest, startHost, type TestHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const name = 'vdsm-no-mac-spoofing';
const mac = '52:54:00:00:00:01';
const forged = ethernet({ src: '52:54:00:00:00:99', type: 0x88b5 });
const weakened = (uuid: string) =>
  `<filter name='${name}' chain='root'><uuid>${uuid}</uuid><filterref filter='no-arp-mac-spoofing'/></filter>`;

const uuidOf = async (host: TestHost) =>
  /<uuid>(.*)<\/uuid>/.exec(await host.virsh('nwfilter-dumpxml', name))?.[1] ?? '';
/** libvirtd writes a filter's file anew when it is defined, and only then. */
const fileOf = async (host: TestHost) =>
  stat(`/proc/${host.pid}/root/etc/libvirt/nwfilter/${name}.xml`, { bigint: true });

const host = await startHost();
t.teardown(() => host.stop());

await t.test('the first start defines the filter, the next leaves it as it is', async (t) => {
  const first = await Service.start(host);
  t.match(await host.virsh('nwfilter-dumpxml', name), /'no-mac-spoofing'[^]*'no-arp-mac-spoofing'/);
  const before = await fileOf(host);
  t.match(await first.stop(), { code: 0 });
  const second = await Service.start(host);
  const after = await fileOf(host);
  t.strictSame([after.ino, after.mtimeNs], [before.ino, before.mtimeNs]);
  t.match(await second.stop(), { code: 0 });
});

await t.test('a changed filter is brought back at start, with its UUID, while a VM runs', async (t) => {
  const uuid = await uuidOf(host);
  await using observer = await host.observer('br0');
  {
    await using service = await Service.start(host);
    // the guard would stop what the changed filter lets through
    await service.request('PATCH', '/v1/config', { IngressGuard: false });
    t.equal((await service.create('running', [onBridge(mac)])).status, 201);
  }
  await using guest = await (await Guest.attach(host, 'running')).ready();
  await guest.up('eth0');
  t.equal(await attempt(guest, mac, observer, forged), 0);
  await host.virshXml(weakened(uuid), 'nwfilter-define', '@');
  t.equal(await attempt(guest, mac, observer, forged), 1, 'the change is a hole');

  await using service = await Service.start(host);
  t.equal(await uuidOf(host), uuid);
  t.equal(await attempt(guest, mac, observer, forged), 0, 'the hole is closed');
  t.match(await service.request('GET', '/v1/vms/running'), { status: 200, body: { state: 'running' } });
});

await t.test('and when libvirtd comes back with a changed filter', async (t) => {
  await using service = await Service.start(host);
  const uuid = await uuidOf(host);
  const seen = service.logLength;
  await host.virshXml(weakened(uuid), 'nwfilter-define', '@');
  await host.libvirtd.restart();
  await service.logged('connected to libvirt', seen);
  t.equal(await uuidOf(host), uuid);
  t.match(await host.virsh('nwfilter-dumpxml', name), /'no-mac-spoofing'/);
});
