import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { Guest, nicXml, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const stream = await service.events();
const filter = { name: 'mine', entries: [{ action: 'drop', direction: 'out', protocol: 'all' }] };
const macs = ['52:54:00:00:00:01', '52:54:00:00:00:02', '52:54:00:00:00:03'] as const;

await t.test('what happened before anyone read can be asked for', async (t) => {
  using all = await service.events({ after: 'before-1' });
  await all.next('libvirt.connected', { again: false });
  t.match(all.events[0], { type: 'events.lost', data: { reason: 'restarted' } });
  t.match(all.events[1], { type: 'nwfilter.defined', data: { nwfilter: /^v/ } });
});

await t.test('a VM from its definition to its end, in order', async (t) => {
  const { uuid } = (await service.create('vm1', [onBridge(macs[0])])).body;
  const vm = { vm: uuid, name: 'vm1' };
  t.match(await stream.next('vm.defined', vm), { id: /./, data: { reason: 'added' } });
  await stream.next('vm.started', { ...vm, reason: 'booted' });
  await stream.next('vm.resumed', { ...vm, reason: 'unpaused' });
  await using guest = await (await Guest.attach(host, 'vm1')).ready();

  await service.request('POST', '/v1/vms/vm1/nics', onBridge(macs[1]));
  await stream.next('nic.plugged', { ...vm, nic: macs[1] });
  t.equal((await guest.interfaces()).length, 2);
  const unplug = await service.request('DELETE', `/v1/vms/vm1/nics/${macs[1]}?wait=30`);
  t.equal(unplug.status, 200);
  const { data } = await stream.next('operation.succeeded', { kind: 'nic.unplug', vm: uuid });
  await stream.next('operation.started', { operation: data.operation, kind: 'nic.unplug' });
  await stream.next('nic.unplugged', { ...vm, nic: macs[1] });

  await service.request('POST', '/v1/vms/vm1/stop');
  await stream.next('vm.stopped', { ...vm, reason: 'destroyed' });
  await service.request('DELETE', '/v1/vms/vm1');
  await stream.next('vm.undefined', { ...vm, reason: 'removed' });

  const types = stream.types();
  // it is started paused, and goes on when its filters were seen
  const order = [
    'vm.started',
    'vm.paused',
    'vm.resumed',
    'nic.plugged',
    'nic.unplugged',
    'vm.stopped',
    'vm.undefined',
  ];
  t.strictSame(
    types.filter((type) => order.includes(type)),
    order,
  );
  const ids = stream.events.map(({ id = '' }) => Number(id.split('-')[1]));
  t.strictSame(
    ids,
    ids.map((_, i) => (ids[0] ?? 0) + i),
    'their ids are without a gap',
  );
});

await t.test('filters and the policy', async (t) => {
  const since = stream.events.length;
  t.equal((await service.request('POST', '/v1/nwfilters', filter)).status, 201);
  t.equal((await service.request('POST', '/v1/nwfilters', filter)).status, 409);
  t.equal((await service.request('PUT', '/v1/nwfilters/mine', filter)).status, 200);
  const other = { ...filter, entries: [{ ref: 'no-mac-spoofing' }] };
  t.equal((await service.request('PUT', '/v1/nwfilters/mine', other)).status, 200);
  t.equal((await service.request('DELETE', '/v1/nwfilters/mine')).status, 204);
  t.equal((await service.request('PATCH', '/v1/config', {})).status, 200);
  const change = { DefaultFilters: ['vdsm-no-mac-spoofing', 'clean-traffic'] };
  t.equal((await service.request('PATCH', '/v1/config', change)).status, 200);
  t.match(await stream.next('config.changed'), {
    data: { changed: ['DefaultFilters'], config: { ...change, EnableMACAntiSpoofingFilterRules: true } },
  });
  t.strictSame(
    stream.types(since),
    ['nwfilter.defined', 'nwfilter.replaced', 'nwfilter.deleted', 'config.changed'],
    'what is refused, or changes nothing, is no event',
  );
});

await t.test('a reader that comes back has missed nothing', async (t) => {
  const seen = stream.events;
  using again = await service.events({ after: seen[4]?.id ?? '' });
  await again.next('config.changed');
  t.strictSame(again.events, seen.slice(5));
  using some = await service.events({ after: seen[0]?.id ?? '', query: '?types=nic.*,config.changed' });
  await some.next('config.changed');
  t.strictSame(some.types(), ['nic.plugged', 'nic.unplugged', 'config.changed']);
});

await t.test('what others do on libvirt is told, too', async (t) => {
  await host.defineGuest({ name: 'foreign', nics: [{ mac: macs[2] }] });
  const { data } = await stream.next('vm.started', { name: 'foreign' });
  await using guest = await (await Guest.attach(host, 'foreign')).ready();
  await host.virshXml(nicXml({ mac: macs[1] }), 'attach-device', 'foreign', '@', '--live');
  t.match(await stream.next('nic.plugged', { vm: data.vm }), { data: { nic: macs[1], alias: /^net\d+$/ } });
  while ((await guest.interfaces()).length < 2);
  await host.virshXml(nicXml({ mac: macs[2] }), 'detach-device', 'foreign', '@', '--live');
  t.match(await stream.next('nic.unplugged', { vm: data.vm }), { data: { nic: macs[2] } });
  await host.virsh('suspend', 'foreign');
  await stream.next('vm.paused', { vm: data.vm, reason: 'paused' });
});

await t.test('libvirt goes and comes again', async (t) => {
  const since = stream.events.length;
  await host.libvirtd.restart();
  await stream.next('libvirt.disconnected', {}, since);
  await stream.next('libvirt.connected', { again: true }, since);
  await host.virsh('resume', 'foreign');
  await stream.next('vm.resumed', { name: 'foreign' }, since);
  await host.virsh('destroy', 'foreign');
  await stream.next('vm.stopped', { name: 'foreign', reason: 'destroyed' }, since);
  t.equal((await service.request<Vm>('GET', '/v1/vms/foreign')).body.state, 'shutoff');
});

await t.test('the end of the service ends the stream', async (t) => {
  const began = performance.now();
  t.match(await service.stop(), { code: 0 });
  await stream.ended;
  t.match(stream.events.at(-1), { type: 'events.closed', data: { reason: 'shutdown' } });
  t.ok(performance.now() - began < 10_000);
});
