import t from 'tap';
import type { Nic } from '../../src/schemas/nic.js';
import type { Vm } from '../../src/schemas/vm.js';
import { Guest, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());

const empty = { chains: [], jumps: [], bindings: [], taps: [] };
const mac = '52:54:00:00:00:01';
const other = (i: number) => `52:54:00:00:01:${String(i).padStart(2, '0')}`;
const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status;

await t.test(
  '50 changes of one VM at once: the end is one of those that come one after the other',
  async (t) => {
    await service.create('vm', [onBridge(mac)]);
    await (await Guest.attach(host, 'vm')).ready();
    const lists = [['no-mac-spoofing'], ['no-mac-spoofing', 'no-arp-mac-spoofing'], ['vdsm-no-mac-spoofing']];
    const nic = `/v1/vms/vm/nics/${mac}`;
    const changes = Array.from({ length: 50 }, (_, i) => {
      if (i % 5 === 0) return service.request('PATCH', nic, { linkState: i % 2 ? 'up' : 'down' });
      if (i % 10 === 1) return service.request('POST', '/v1/vms/vm/nics', onBridge(other(i)));
      if (i % 10 === 9) return service.request('DELETE', `/v1/vms/vm/nics/${other(i - 8)}?wait=60`);
      return service.request('PATCH', nic, { filters: lists[i % 3] });
    });
    // 504: on a machine under load the last of them wait longer for their turn than an answer may take, and still happen
    for (const status of await Promise.all(changes.map(statusOf)))
      t.ok([200, 201, 202, 204, 404, 409, 504].includes(status), `${status}`);
    // one that takes its turn after all of them
    const last = () => statusOf(service.request('PATCH', '/v1/vms/vm', { description: 'changed' }));
    let status = await last();
    while (status === 504) status = await last();
    t.equal(status, 200);
    const { body } = await service.request<Vm>('GET', '/v1/vms/vm');
    const defined = await host.virsh('dumpxml', '--inactive', 'vm');
    t.strictSame(
      [...defined.matchAll(/<mac address='(.*?)'/g)].map(([, one]) => one),
      body.nics.map((one) => one.mac),
    );
    t.ok(body.nics.every(({ synced }) => synced));
    t.equal((await host.taps()).length, body.nics.length);
    t.equal((await host.bindings()).length, body.nics.length);
    await service.request('DELETE', '/v1/vms/vm?force=true');
    t.strictSame(await host.leftovers(), empty);
    t.notMatch(await host.virsh('nwfilter-list'), /virtwarden-list-/);
  },
);

await t.test('20 VMs made, changed and deleted at once', async (t) => {
  const filters = ['no-mac-spoofing', 'no-arp-mac-spoofing'];
  const names = Array.from({ length: 20 }, (_, i) => `vm${i}`);
  const lives = names.map(async (name) => {
    const nic = { ...onBridge(), filters };
    const { status, body } = await service.create(name, [nic], { start: false });
    const plugged = await service.request<Nic>('POST', `/v1/vms/${name}/nics`, nic);
    const changed = await service.request('PATCH', `/v1/vms/${name}/nics/${plugged.body.mac}`, {
      filters: ['no-mac-spoofing'],
    });
    const gone = await service.request('DELETE', `/v1/vms/${body.uuid}`);
    return [status, plugged.status, changed.status, gone.status];
  });
  for (const statuses of await Promise.all(lives)) t.strictSame(statuses, [201, 201, 200, 204]);
  t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
  t.notMatch(await host.virsh('nwfilter-list'), /virtwarden-list-/);
});
