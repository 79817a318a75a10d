import t from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import { arp, ethernet, Guest, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const mac = '52:54:00:00:00:01';
const victim = '52:54:00:00:00:99';
const at = `/v1/vms/vm/nics/${mac}/enforcement`;
const forgedMac = ethernet({ src: victim, type: 0x88b5 });
const forgedArp = arp({ src: mac }, { senderMac: victim, senderIp: '10.0.0.9', targetIp: '10.0.0.1' });

const host = await startHost();
t.teardown(() => host.stop());
let service = await Service.start(host);
await service.create('vm', [onBridge(mac)]);
const guest = await (await Guest.attach(host, 'vm')).ready();
await guest.up('eth0');
using told = await service.events({ query: '?types=spoof.dropped' });
// far enough apart for the queue of a tap
const pauseUs = 200;
const send = (frame: Buffer, count: number) => guest.send('eth0', frame, count, pauseUs);

/** The drops, once there are so many: a guest's frame is on its way when it has sent it. */
async function drops(total: number): Promise<Enforcement['drops']> {
  for (;;) {
    const { body } = await service.request<Enforcement>('GET', at);
    if (body.drops.total >= total) return body.drops;
  }
}

await t.test('a thousand frames of each kind are counted, each once', async (t) => {
  await send(forgedMac, 1000);
  await send(forgedArp, 1000);
  t.strictSame(await drops(2000), { mac: 1000, arp: 1000, total: 2000 });
});

await t.test('and told of as events, without missing one', async (t) => {
  for (let frames = 0, events = 0; frames < 2000; events++) {
    const { data } = await told.next('spoof.dropped', {}, events);
    t.match(data, { nic: mac, class: /^(mac|arp)$/ });
    frames += data.frames;
    t.ok(frames <= 2000, `${frames} so far`);
  }
});

await t.test('and shown to Prometheus', async (t) => {
  const { body } = await service.request<string>('GET', '/metrics');
  const labels = `vm_name="vm",nic="${mac}",port="vnet\\d+"`;
  for (const kind of ['mac', 'arp'])
    t.match(
      body,
      new RegExp(`^virtwarden_dropped_frames_total{vm=".*",${labels},class="${kind}"} 1000$`, 'm'),
    );
  t.match(body, /^virtwarden_nics{status="enforced"} 1$/m);
  t.match(body, /^virtwarden_nics{status="drifted"} 0$/m);
  t.match(body, /^virtwarden_reconcile_runs_total{result="done"} [1-9]/m);
  t.match(body, /^virtwarden_libvirt_connected 1$/m);
});

await t.test('a redefined filter and a restart of libvirtd take nothing away', async (t) => {
  const uuid =
    /<uuid>(.*)<\/uuid>/.exec(await host.virsh('nwfilter-dumpxml', 'no-arp-mac-spoofing'))?.[1] ?? '';
  await service.request('PATCH', '/v1/config', { reconcile: 'report' });
  await host.virshXml(
    `<filter name='no-arp-mac-spoofing' chain='arp-mac'><uuid>${uuid}</uuid><rule action='drop' direction='out'/></filter>`,
    'nwfilter-define',
    '@',
  );
  await send(forgedMac, 100);
  t.match(await drops(2100), { mac: 1100, total: 2100 });
  await service.request('PATCH', '/v1/config', { reconcile: 'repair' });
  await service.logged('a NIC whose filter was not wholly in force was put right');
  const since = service.logLength;
  await host.libvirtd.restart();
  await service.logged('connected to libvirt', since);
  await send(forgedArp, 100);
  t.strictSame(await drops(2200), { mac: 1100, arp: 1100, total: 2200 });
});

await t.test('nor does another filter, with which the guard begins at 0', async (t) => {
  const guarded = async (): Promise<number> => {
    const listed = await host.run('nft', ['list', 'table', 'netdev', 'virtwarden_guard']);
    return [...listed.matchAll(/packets (\d+) bytes \d+ drop/g)].reduce(
      (sum, [, frames]) => sum + Number(frames),
      0,
    );
  };
  for (const [i, filters] of [['virtwarden-strict-mac'], ['vdsm-no-mac-spoofing']].entries()) {
    const before = await guarded();
    await send(forgedMac, 1000);
    // the kernel is asked, not the service, which would count
    while ((await guarded()) < before + 1000);
    t.match(await service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters }), { status: 200 });
    t.equal(await guarded(), 0);
    await send(forgedMac, 1000);
    t.strictSame(await drops(2200 + (i + 1) * 2000), {
      mac: 1100 + (i + 1) * 2000,
      arp: 1100,
      total: 2200 + (i + 1) * 2000,
    });
  }
});

await t.test('nor does a restart of the service: the guard has counted on', async (t) => {
  await service.stop();
  await send(forgedMac, 100);
  service = await Service.start(host);
  t.strictSame(await drops(1100), { mac: 1100, total: 1100 });
});

await t.test('without a guard the rules of the filters count, also when they begin at 0 again', async (t) => {
  await service.request('PATCH', '/v1/config', { IngressGuard: false });
  await host.run('nft', ['delete', 'table', 'netdev', 'virtwarden_guard']);
  const { total } = await drops(0);
  await send(forgedMac, 50);
  await drops(total + 50);
  const since = service.logLength;
  await host.libvirtd.restart();
  await service.logged('connected to libvirt', since);
  await send(forgedArp, 50);
  t.match(await drops(total + 100), { total: total + 100 });
});
