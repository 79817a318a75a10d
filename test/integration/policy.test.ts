import t from 'tap';
import type { Nic } from '../../src/schemas/nic.js';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());

const set = async (policy: object) => {
  const answer = await service.request<{ outOfSyncNics: number }>('PATCH', '/v1/config', policy);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
};
const standard = 'vdsm-no-mac-spoofing';
const trust = { reason: 'a test' };
const named = { filters: ['no-mac-spoofing'] };
/** What the live XML says, not what the service believes. */
const liveFilters = async (vm: string) =>
  [...(await host.virsh('dumpxml', vm)).matchAll(/<filterref filter='(.*?)'/g)].map(([, name]) => name);

for (const enabled of [true, false]) {
  for (const [level, high] of [
    ['3.1', false],
    ['3.2', true],
    ['3.10', true],
    ['4.7', true],
  ] as const) {
    const applies = enabled && high;
    await t.test(`switch ${enabled ? 'on' : 'off'}, level ${level}`, async (t) => {
      await set({ EnableMACAntiSpoofingFilterRules: enabled });
      const nics = [onBridge(), { ...onBridge(), filters: [], trust }, { ...onBridge(), ...named }];
      const { status, body } = await service.create('vm', nics, { compatibilityVersion: level });
      t.equal(status, 201);
      const byDefault = applies ? [standard] : [];
      t.strictSame(
        body.nics.map(({ filters }) => filters),
        [byDefault, [], named.filters],
      );
      t.strictSame(
        body.nics.map(({ filterOrigin }) => filterOrigin),
        [applies ? 'default' : 'none', 'none', 'explicit'],
      );
      const plugged = await service.request<Nic>('POST', '/v1/vms/vm/nics', onBridge());
      t.match(plugged, { status: 201, body: { filters: byDefault } });
      t.strictSame(await liveFilters('vm'), [...byDefault, ...named.filters, ...byDefault], 'in libvirt');
      t.match(await service.request('PATCH', `/v1/vms/vm/nics/${plugged.body.mac}`, named), { body: named });
      await service.request('DELETE', '/v1/vms/vm?force=true');
    });
  }
}

await t.test(
  'a changed switch is in force for what starts later, and what runs is said to be out of sync',
  async (t) => {
    await set({ EnableMACAntiSpoofingFilterRules: true });
    await service.create('vm', [onBridge(), { ...onBridge(), ...named }]);
    t.equal((await set({ EnableMACAntiSpoofingFilterRules: false })).outOfSyncNics, 1);
    t.match((await service.request<Vm>('GET', '/v1/vms/vm')).body.nics, [
      { synced: false },
      { synced: true },
    ]);
    await service.request('POST', '/v1/vms/vm/stop');
    const started = await service.request<Vm>('POST', '/v1/vms/vm/start');
    t.match(started.body.nics, [
      { filters: [], synced: true },
      { ...named, synced: true },
    ]);
    t.equal((await set({ EnableMACAntiSpoofingFilterRules: true })).outOfSyncNics, 1);
    await service.request('POST', '/v1/vms/vm/stop');
    t.match((await service.request<Vm>('POST', '/v1/vms/vm/start')).body.nics, [
      { filters: [standard] },
      named,
    ]);
    await service.request('DELETE', '/v1/vms/vm?force=true');
  },
);

await t.test('what is started behind the back of the service is out of sync', async (t) => {
  await host.defineGuest({ name: 'foreign', nics: [{ mac: '52:54:00:00:00:03' }] });
  t.match((await service.request<Vm>('GET', '/v1/vms/foreign')).body.nics, [
    { filters: [], filterOrigin: 'default', synced: false },
  ]);
  await service.request('POST', '/v1/vms/foreign/stop');
  t.match((await service.request<Vm>('POST', '/v1/vms/foreign/start')).body.nics, [
    { filters: [standard], filterOrigin: 'default', synced: true },
  ]);
  await service.request('DELETE', '/v1/vms/foreign?force=true');
});

await t.test('a VM from elsewhere keeps the filter that it came with', async (t) => {
  await host.defineGuest({
    name: 'foreign',
    start: false,
    nics: [{ mac: '52:54:00:00:00:03', filter: 'no-mac-spoofing' }],
  });
  await set({ EnableMACAntiSpoofingFilterRules: false });
  t.match((await service.request<Vm>('POST', '/v1/vms/foreign/start')).body.nics, [
    { filters: ['no-mac-spoofing'], filterOrigin: 'explicit', synced: true },
  ]);
  await service.request('DELETE', '/v1/vms/foreign?force=true');
});
