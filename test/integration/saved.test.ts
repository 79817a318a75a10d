import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { Guest, startHost } from '../hosts/index.js';
import { Service } from './service.js';

// A VM from elsewhere, with memory that was saved when its NIC had no filter.

const mac = '52:54:00:00:00:01';
const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
await host.defineGuest({ name: 'saved', nics: [{ mac }] });
const before = await (await Guest.attach(host, 'saved')).ready();
await before.sh('echo remembered >/note');
await before.detach();
await host.virsh('managedsave', 'saved');

const hasSaved = async (): Promise<boolean> =>
  (await host.virsh('list', '--all', '--name', '--with-managed-save')).includes('saved');

await t.test('a start that fails keeps its memory', async (t) => {
  await host.run('ebtables', ['-t', 'nat', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  t.match(await service.request('POST', '/v1/vms/saved/start'), {
    status: 422,
    body: { type: '/problems/filter-not-enforced' },
  });
  t.match((await service.request<Vm>('GET', '/v1/vms/saved')).body, { state: 'shutoff' });
  t.ok(await hasSaved());
  await host.run('ebtables', ['-t', 'nat', '-D', 'PREROUTING', '-j', 'ACCEPT']);
});

await t.test('it goes on where it was, with the filter that it is to have now', async (t) => {
  t.match(await service.request('POST', '/v1/vms/saved/start'), {
    status: 200,
    body: { state: 'running', nics: [{ mac, filters: ['vdsm-no-mac-spoofing'], synced: true }] },
  });
  await using guest = await Guest.attach(host, 'saved');
  t.equal((await guest.sh('cat /note')).trim(), 'remembered');
  t.equal((await host.bindings()).length, 1);
  t.notOk(await hasSaved());
});
