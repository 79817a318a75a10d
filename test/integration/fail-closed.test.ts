import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { nicXml, startHost, type TestHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const empty = { chains: [], jumps: [], bindings: [], taps: [] };

/** No VM runs or is defined, nothing of one is in the kernel. */
async function nothingThere(
  t: { strictSame: (a: unknown, b: unknown) => unknown },
  host: TestHost,
): Promise<void> {
  t.strictSame((await host.virsh('list', '--all', '--name')).trim(), '');
  t.strictSame(await host.leftovers(), empty);
}

await t.test('a VM whose filter is not in force does not run', async (t) => {
  await using host = await startHost();
  await using service = await Service.start(host);

  await host.run('ebtables', ['-t', 'nat', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  const refused = await service.create<object>('bypassed', [onBridge()]);
  t.match(refused, {
    status: 422,
    body: { type: '/problems/filter-not-enforced', detail: /-j ACCEPT" .* stands before/ },
  });
  await nothingThere(t, host);

  await host.run('ebtables', ['-t', 'nat', '-D', 'PREROUTING', '-j', 'ACCEPT']);
  t.equal((await service.create('later', [onBridge()], { start: false })).status, 201);
  await host.run('ebtables', ['-t', 'nat', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  t.match(await service.request('POST', '/v1/vms/later/start'), { status: 422 });
  t.match(
    (await service.request<Vm>('GET', '/v1/vms/later')).body,
    { state: 'shutoff' },
    'it is there, and off',
  );
  t.strictSame(await host.leftovers(), empty);
});

await t.test('a kernel that cannot be read is not taken for one that filters', async (t) => {
  await using host = await startHost();
  // a PATH with all but the tool that reads the rules
  const bin = join(host.dir, 'bin');
  await mkdir(bin);
  await symlink(process.execPath, join(bin, 'node'));
  await using service = await Service.start(host, { env: { PATH: bin } });
  t.match(await service.create<object>('blind', [onBridge()]), {
    status: 503,
    body: { type: '/problems/kernel-unreadable', detail: /is not installed/ },
  });
  await nothingThere(t, host);
});

await t.test('a host without the stock filters is not ready, and makes no VM', async (t) => {
  await using host = await startHost({ baseFilters: false });
  await using service = await Service.start(host);
  const said = {
    status: 503,
    body: { type: '/problems/filters-missing', detail: /no-mac-spoofing.*no-arp-mac-spoofing.*install/ },
  };
  t.match(await service.request('GET', '/readyz'), said);
  t.match(await service.create<object>('early', [onBridge()]), said);
  t.equal((await service.request('GET', '/healthz')).status, 200);
  await nothingThere(t, host);

  for (const name of ['no-mac-spoofing', 'no-arp-mac-spoofing']) {
    await host.virsh('nwfilter-define', `/usr/share/libvirt/nwfilter/${name}.xml`);
  }
  t.equal((await service.request('GET', '/readyz')).status, 200, 'once they are there, without a restart');
  t.equal((await service.create('now', [onBridge()])).status, 201);
});

await t.test('a link is not raised over rules that are gone', async (t) => {
  await using host = await startHost();
  await using service = await Service.start(host);
  const { body } = await service.create('down', [{ ...onBridge(), linkState: 'down' }]);
  const nic = `/v1/vms/down/nics/${body.nics[0]?.mac ?? ''}`;
  await host.run('ebtables', ['-t', 'nat', '-F']);
  for (const change of [{ linkState: 'up' }, { filters: ['vdsm-no-mac-spoofing'] }]) {
    t.match(await service.request('PATCH', nic, change), {
      status: 422,
      body: { type: '/problems/filter-not-enforced' },
    });
  }
  t.match((await service.request('GET', nic)).body, { linkState: 'down' });
  t.match(await host.virsh('dumpxml', 'down'), /<link state='down'/);
});

await t.test('a change that fails puts back the link, too', async (t) => {
  await using host = await startHost();
  await using service = await Service.start(host);
  const { body } = await service.create('linked', [onBridge()]);
  const nic = `/v1/vms/linked/nics/${body.nics[0]?.mac ?? ''}`;
  const before = await service.request('GET', nic);
  const [live, defined] = [
    await host.virsh('dumpxml', 'linked'),
    await host.virsh('dumpxml', '--inactive', 'linked'),
  ];
  await host.run('ebtables', ['-t', 'nat', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  const refused = await service.request('PATCH', nic, { linkState: 'down', filters: ['no-mac-spoofing'] });
  t.match(refused, {
    status: 422,
    body: { type: '/problems/filter-not-enforced', detail: /could not be undone/ },
  });
  t.match(
    await service.request('PATCH', nic, { linkState: 'up' }),
    { status: 503, body: { type: '/problems/vm-unsettled' } },
    'with the stranger there, the old filter is not in force either: first that is to be mended',
  );
  await host.run('ebtables', ['-t', 'nat', '-D', 'PREROUTING', '-j', 'ACCEPT']);
  t.equal(
    (await service.request('POST', '/v1/vms/linked/suspend')).status,
    200,
    'now it is undone, before all else',
  );
  await service.request('POST', '/v1/vms/linked/resume');
  t.strictSame((await service.request('GET', nic)).body, before.body);
  t.equal(await host.virsh('dumpxml', '--inactive', 'linked'), defined);
  t.match(await host.virsh('dumpxml', 'linked'), /link state='up'/);
  t.notMatch(live, /link state='down'/);
  t.notMatch(await host.run('nft', ['list', 'tables']), /virtwarden_closed_/);
});

await t.test('a NIC that was closed stays closed when its filter cannot be made', async (t) => {
  await using host = await startHost();
  await using service = await Service.start(host);
  const { body } = await service.create('closed', [onBridge()]);
  const { mac = '', target = '' } = body.nics[0] ?? {};
  const nic = `/v1/vms/closed/nics/${mac}`;
  const isClosed = async () =>
    (await host.run('nft', ['list', 'tables'])).includes(`virtwarden_closed_${target}`);
  // as a change that was cut off leaves it: closed, for it has no filter
  const chain = `{ type filter hook ingress device "${target}" priority -500; policy drop; }`;
  const table = `netdev virtwarden_closed_${target}`;
  await host.run('nft', [`add table ${table}; add chain ${table} ingress ${chain}`]);
  await host.virshXml(nicXml({ mac }), 'update-device', 'closed', '@', '--live');
  t.strictSame(await host.bindings(), []);

  await host.run('ebtables', ['-t', 'nat', '-I', 'PREROUTING', '-j', 'ACCEPT']);
  const change = { filters: ['no-mac-spoofing'] };
  t.match(await service.request('PATCH', nic, change), {
    status: 422,
    body: { type: '/problems/filter-not-enforced' },
  });
  t.ok(await isClosed());
  await host.run('ebtables', ['-t', 'nat', '-D', 'PREROUTING', '-j', 'ACCEPT']);
  t.match(await service.request('PATCH', nic, change), { status: 200, body: change });
  t.notOk(await isClosed(), 'it is open again once the filter is seen');
});

await t.test(
  'a VM from elsewhere whose filter this host does not have does not run without it',
  async (t) => {
    await using host = await startHost();
    await using service = await Service.start(host);
    const filter = 'virtwarden-list-0123456789abcdef0123';
    await host.defineGuest({ name: 'moved', start: false, nics: [{ mac: '52:54:00:00:00:04', filter }] });
    t.match(await service.request('POST', '/v1/vms/moved/start'), {
      status: 422,
      body: { type: '/problems/nwfilter-not-found' },
    });
    t.match(await host.virsh('dumpxml', 'moved'), filter, 'it keeps it');
    t.strictSame(await host.leftovers(), empty);
  },
);
