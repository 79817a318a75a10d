import t from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import type { Host } from '../../src/schemas/host.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';
import { forGroup, installedBoot, installUnit, readUnit, startUnit } from './systemd-unit.js';

const unitFile = 'virtwarden.service';
const mac = '52:54:00:00:00:01';

const lacksOf = async (service: Service): Promise<string[]> =>
  (await service.request<Host>('GET', '/v1/host')).body.lacks.map(({ code }) => code);

await t.test('with CAP_NET_ADMIN alone it does all of its work', async (t) => {
  await using host = await startHost(forGroup);
  await installUnit(host);
  await using service = await startUnit(host, await readUnit(unitFile));
  t.match((await service.request<Host>('GET', '/v1/host')).body, {
    connection: { state: 'connected' },
    driver: 'QEMU',
    nwfilterBackend: 'ebtables-nft',
    baseFilters: [{ present: true }, { present: true }],
  });
  t.strictSame(await lacksOf(service), ['images-unreadable']);
  await service.logged('The service looks into those images only that its user may read');

  const boot = await installedBoot();
  const created = await service.create('guarded', [onBridge(mac)], { boot });
  t.equal(created.status, 201, JSON.stringify(created.body));
  const enforcement = async (nic: string): Promise<Enforcement> =>
    (await service.request<Enforcement>('GET', `/v1/vms/guarded/nics/${nic}/enforcement`)).body;
  t.match(await enforcement(mac), { status: 'enforced', findings: [] });
  const tap = created.body.nics[0]?.target ?? '';
  t.match(await host.run('nft', ['list', 'table', 'netdev', 'virtwarden_guard']), `tap_${tap}`);

  using events = await service.events({ query: '?types=enforcement.*' });
  await host.run('ebtables', ['-t', 'nat', '-F', `I-${tap}-mac`]);
  await events.next('enforcement.repaired');
  t.match(await enforcement(mac), { status: 'enforced' }, 'it is put right');

  const second = '52:54:00:00:00:02';
  const plugged = await service.request('POST', '/v1/vms/guarded/nics', onBridge(second));
  t.equal(plugged.status, 201, JSON.stringify(plugged.body));
  t.match(await enforcement(second), { status: 'enforced' });
  t.match(
    await service.request('PATCH', `/v1/vms/guarded/nics/${second}`, { filters: ['no-mac-spoofing'] }),
    { status: 200, body: { filters: ['no-mac-spoofing'] } },
    'its tap is closed while its filter changes',
  );
  t.equal((await service.request('DELETE', '/v1/vms/guarded?force=true')).status, 204);
  t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
});

await t.test('without a capability it serves, says what it lacks, and starts no VM', async (t) => {
  await using host = await startHost(forGroup);
  await installUnit(host);
  const unit = await readUnit(unitFile);
  unit.set('AmbientCapabilities', []);
  await using service = await startUnit(host, unit);
  const { msg } = await service.logged('The service does not have CAP_NET_ADMIN');
  t.match(msg, /No VM is started.*AmbientCapabilities=CAP_NET_ADMIN/);
  t.strictSame(await lacksOf(service), ['net-admin', 'images-unreadable']);

  const boot = await installedBoot();
  t.match(await service.create<object>('blind', [onBridge(mac)], { boot }), {
    status: 503,
    body: { type: '/problems/kernel-unreadable', detail: /CAP_NET_ADMIN/ },
  });
  t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
  t.equal((await service.create('off', [onBridge(mac)], { boot, start: false })).status, 201);
  t.match(await service.request('POST', '/v1/vms/off/start'), { status: 503 });
  t.match((await service.request('GET', `/v1/vms/off/nics/${mac}/enforcement`)).body, { status: 'inactive' });
  t.match(await host.virsh('domstate', 'off'), 'shut off');
});
