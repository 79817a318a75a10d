import t from 'tap';
import type { Nic, NicInput } from '../../src/schemas/nic.js';
import type { Vm } from '../../src/schemas/vm.js';
import { metadataNamespace } from '../../src/xml/metadata.js';
import { asked, levels, policyRows } from '../helpers/policy-rows.js';
import { startHost, vmXml } from '../hosts/index.js';
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
const named = { filters: ['no-mac-spoofing'] };
/** A refusal says why. */
const shown = ({ filters, filterOrigin, detail }: Nic & { detail?: string }) => ({
  filters,
  filterOrigin,
  ...(detail !== undefined && { detail }),
});
/** What the live XML says, not what the service believes. */
const liveFilters = async (vm: string) =>
  [...(await host.virsh('dumpxml', vm)).matchAll(/<interface [^]*?<\/interface>/g)].map(
    ([nic]) => /<filterref filter='(.*?)'/.exec(nic)?.[1],
  );
const filterrefFor = (filters: string[]) =>
  filters.length > 1 ? /^virtwarden-list-/ : (filters[0] ?? undefined);

await host.virshXml(
  "<network><name>onbr0</name><forward mode='bridge'/><bridge name='br0'/></network>",
  'net-define',
  '@',
);
await host.virsh('net-start', 'onbr0');
const sources: NicInput['source'][] = [
  { type: 'bridge', bridge: 'br0' },
  { type: 'network', network: 'onbr0' },
  { type: 'ethernet' },
];
/** A VM from elsewhere, as virsh makes it: a NIC that libvirt filters and one that it does not. */
const foreignXml = async (level: string) =>
  (await vmXml({ name: 'foreign', nics: [{ mac: '52:54:00:00:00:03' }] }))
    .replace('</devices>', "<interface type='user'><mac address='52:54:00:00:00:04'/></interface></devices>")
    .replace(
      '<memory',
      `<metadata><virtwarden:vm xmlns:virtwarden='${metadataNamespace}'>
         <virtwarden:compatibilityVersion>${level}</virtwarden:compatibilityVersion></virtwarden:vm></metadata><memory`,
    );

for (const enabled of [true, false]) {
  for (const [level] of levels) {
    const rows = policyRows.filter((row) => row.enabled === enabled && row.level === level && row.filterable);
    await t.test(`switch ${enabled ? 'on' : 'off'}, level ${level}`, async (t) => {
      await set({ EnableMACAntiSpoofingFilterRules: enabled });

      // created: each kind of source with each way to ask
      const cells = sources.flatMap((source) => rows.map((row) => ({ source, row })));
      const nics = cells.map(({ source, row }) => ({ source, ...asked[row.what] }));
      // a start takes libvirt half a second for each NIC: at one level it is seen what runs
      const create = { compatibilityVersion: level, start: level === '3.2' };
      const { status, body } = await service.create('vm', nics, create);
      t.equal(status, 201);
      t.strictSame(
        body.nics.map(shown),
        cells.map(({ row }) => row.expected),
        'created',
      );
      t.match(
        await liveFilters('vm'),
        cells.map(({ row }) => filterrefFor(row.expected.filters)),
        'in libvirt',
      );
      await service.request('DELETE', '/v1/vms/vm?force=true');

      // plugged and updated, while it runs
      const start = await service.create('vm', [onBridge()], { compatibilityVersion: level });
      const [first] = start.body.nics;
      for (const { what, expected } of rows) {
        const input = { ...onBridge(), ...asked[what] };
        const plugged = await service.request<Nic>('POST', '/v1/vms/vm/nics', input);
        t.strictSame(shown(plugged.body), expected, `plugged, filters ${what}`);
        if (what === 'absent') continue; // on an update that is: unchanged
        const nic = `/v1/vms/vm/nics/${first?.mac ?? ''}`;
        const updated = await service.request<Nic>('PATCH', nic, asked[what]);
        t.strictSame(shown(updated.body), expected, `updated, filters ${what}`);
      }
      await service.request('DELETE', '/v1/vms/vm?force=true');

      // started: it was defined elsewhere
      await host.virshXml(await foreignXml(level), 'define', '@');
      const started = await service.request<Vm>('POST', '/v1/vms/foreign/start');
      const absent = policyRows.filter(
        (row) => row.enabled === enabled && row.level === level && row.what === 'absent',
      );
      t.strictSame(
        started.body.nics.map(shown),
        absent.map(({ expected }) => expected),
        'started',
      );
      t.match(
        await liveFilters('foreign'),
        absent.map(({ expected }) => expected.filters[0]),
      );
      await service.request('DELETE', '/v1/vms/foreign?force=true');
    });
  }
}

await t.test(
  'a changed switch is in force for what starts later, and what runs is said to be out of sync',
  async (t) => {
    await set({ EnableMACAntiSpoofingFilterRules: true });
    t.match(await service.create('vm', [onBridge(), { ...onBridge(), ...named }]), {
      status: 201,
      body: { detail: undefined },
    });
    t.equal((await set({ EnableMACAntiSpoofingFilterRules: false })).outOfSyncNics, 1);
    t.match((await service.request<Vm>('GET', '/v1/vms/vm')).body.nics, [
      { synced: false },
      { synced: true },
    ]);
    t.match(await service.request('POST', '/v1/vms/vm/stop'), { status: 200 });
    t.match(await service.request('POST', '/v1/vms/vm/start'), {
      status: 200,
      body: {
        nics: [
          { filters: [], synced: true },
          { ...named, synced: true },
        ],
      },
    });
    t.equal((await set({ EnableMACAntiSpoofingFilterRules: true })).outOfSyncNics, 1);
    t.match(await service.request('POST', '/v1/vms/vm/stop'), { status: 200 });
    t.match(await service.request('POST', '/v1/vms/vm/start'), {
      status: 200,
      body: { nics: [{ filters: [standard] }, named] },
    });
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
