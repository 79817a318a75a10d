import t, { type Test } from 'tap';
import type { Nic } from '../../src/schemas/nic.js';
import type { Operation } from '../../src/schemas/operation.js';
import { attempt, ethernet, Guest, guestImage, ipv4, sourceMac, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
const observer = await host.observer('br0', { ip: '10.0.0.1/24' });
t.teardown(() => host.stop());

const empty = { chains: [], jumps: [], bindings: [], taps: [] };
const mac = '52:54:00:00:00:01';
const second = '52:54:00:00:00:02';
const victim = '52:54:00:00:00:99';
const forged = ethernet({ src: victim, type: 0x88b5 });
const nicPath = (vm: string, nic: string) => `/v1/vms/${vm}/nics/${nic}`;
const plug = <T = Nic>(vm: string, body: object) => service.request<T>('POST', `/v1/vms/${vm}/nics`, body);
const patch = <T = Nic>(vm: string, nic: string, body: object) =>
  service.request<T>('PATCH', nicPath(vm, nic), body);
const composed = async () => (await host.virsh('nwfilter-list')).match(/virtwarden-list-\S+/g) ?? [];
const definition = (vm: string) => host.virsh('dumpxml', '--inactive', vm);

/** The NIC's MAC addresses in the definition of a VM and in what runs. */
async function macsOf(vm: string): Promise<[defined: string[], live: string[]]> {
  const macs = (xml: string) => [...xml.matchAll(/<mac address='(.*?)'/g)].map(([, one]) => one ?? '');
  return [macs(await definition(vm)), macs(await host.virsh('dumpxml', vm))];
}

for (const state of ['shutoff', 'running', 'paused'] as const) {
  await t.test(`plug, update and unplug on a VM that is ${state}`, async (t) => {
    await service.create('vm', [onBridge(mac)], { start: state !== 'shutoff' });
    if (state !== 'shutoff') await (await Guest.attach(host, 'vm')).ready();
    if (state === 'paused') await host.virsh('suspend', 'vm');

    const plugged = await plug('vm', onBridge(second));
    t.match(plugged, {
      status: 201,
      body: {
        mac: second,
        filters: ['vdsm-no-mac-spoofing'],
        filterOrigin: 'default',
        synced: true,
        linkState: 'up',
      },
    });
    t.strictSame(await macsOf('vm'), [
      [mac, second],
      [mac, second],
    ]);

    const changed = await patch('vm', second, {
      filters: ['no-mac-spoofing', 'no-ip-spoofing'],
      filterParameters: [
        { name: 'IP', value: '10.0.0.3' },
        { name: 'IP', value: '10.0.0.4' },
      ],
    });
    t.match(changed, {
      status: 200,
      body: {
        filters: ['no-mac-spoofing', 'no-ip-spoofing'],
        filterOrigin: 'explicit',
        synced: true,
        filterParameters: [{ value: '10.0.0.3' }, { value: '10.0.0.4' }],
      },
    });
    t.equal((await composed()).length, 1);
    t.match(await definition('vm'), /10\.0\.0\.3[^]*10\.0\.0\.4/);
    t.match(await patch('vm', second, { linkState: 'down' }), {
      body: { linkState: 'down', filterOrigin: 'explicit' },
    });

    if (state === 'paused') await host.virsh('resume', 'vm');
    const gone = await service.request<Operation>('DELETE', `${nicPath('vm', second)}?wait=40`);
    if (state === 'shutoff') t.equal(gone.status, 204);
    else t.match(gone, { status: 200, body: { status: 'succeeded', kind: 'nic.unplug' } });
    t.strictSame(await macsOf('vm'), [[mac], [mac]]);
    t.strictSame(await composed(), [], 'the composed filter went with its last user');
    t.equal((await service.request('GET', nicPath('vm', second))).status, 404);
    await service.request('DELETE', '/v1/vms/vm?force=true');
    t.strictSame(await host.leftovers(), empty);
  });
}

await t.test('what cannot be is refused, and changes nothing', async (t) => {
  await service.create('vm', [onBridge(mac)]);
  const before = [await definition('vm'), await host.virsh('dumpxml', 'vm')];
  const cases: [object, number, string, string][] = [
    [{ filters: ['no-such-filter'] }, 422, 'nwfilter-not-found', '/filters/0'],
    [{ filters: [] }, 400, 'invalid-request', '/trust'],
    [{ trust: { reason: 'x' } }, 400, 'invalid-request', '/trust'],
    [{ filters: ['no-ip-spoofing'] }, 400, 'invalid-request', '/filterParameters'],
    [
      { filterParameters: [{ name: 'MAC', value: victim }] },
      400,
      'invalid-request',
      '/filterParameters/0/name',
    ],
    [
      { filterParameters: [{ name: 'IP', value: '10.0.0.2' }] },
      400,
      'invalid-request',
      '/filterParameters/0/name',
    ],
    [
      { filters: ['no-ip-spoofing'], filterParameters: [{ name: 'IP', value: 'not.an.ip' }] },
      400,
      'invalid-request',
      '/filterParameters/0/value',
    ],
    [
      { filterParameters: [{ name: 'IP', value: 'a b' }] },
      400,
      'invalid-request',
      '/filterParameters/0/value',
    ],
    [{ mac: second }, 400, 'invalid-request', '/mac'],
    [{ model: 'e1000' }, 400, 'invalid-request', '/model'],
  ];
  for (const [body, status, type, path] of cases) {
    const answer = await patch<object>('vm', mac, body);
    t.match(
      answer,
      { status, body: { type: `/problems/${type}`, errors: [{ path }] } },
      JSON.stringify(body),
    );
  }
  t.match(await plug<object>('vm', onBridge(mac)), { status: 409, body: { errors: [{ path: '/mac' }] } });
  t.match(await plug('vm', { ...onBridge(), filters: ['no-such'] }), { status: 422 });
  t.equal((await patch('vm', victim, { linkState: 'up' })).status, 404);
  t.strictSame([await definition('vm'), await host.virsh('dumpxml', 'vm')], before);
  t.match(
    await plug('vm', { ...onBridge(mac), allowDuplicateMac: true }),
    { status: 409 },
    'not within a VM',
  );
  await service.create('twin', [], { start: false });
  t.match(await plug('twin', onBridge(mac)), { status: 409 });
  t.match(await plug('twin', { ...onBridge(mac), allowDuplicateMac: true }), { status: 201 });
  await service.request('DELETE', '/v1/vms/twin');
  await service.request('DELETE', '/v1/vms/vm?force=true');
});

await t.test('a NIC without a filter takes a reason, and is shown as such', async (t) => {
  await service.create('vm', [{ ...onBridge(mac), filters: [], trust: { reason: 'nested virtualization' } }]);
  t.match((await service.request<Nic>('GET', nicPath('vm', mac))).body, {
    filters: [],
    filterOrigin: 'none',
    synced: true,
    trust: { reason: 'nested virtualization' },
  });
  t.match(await patch('vm', mac, { filters: ['vdsm-no-mac-spoofing'] }), {
    status: 200,
    body: { filters: ['vdsm-no-mac-spoofing'], filterOrigin: 'explicit', trust: undefined },
  });
  await service.request('DELETE', '/v1/vms/vm?force=true');
});

await t.test('while a running NIC changes its filter 20 times, no forged frame goes out', async (t) => {
  await service.create('vm', [onBridge(mac)]);
  await using guest = await (await Guest.attach(host, 'vm')).ready();
  await guest.up('eth0', '10.0.0.2/24');
  const flood = await guest.flood('eth0', [forged]);
  const changes = [
    { filters: ['no-mac-spoofing'] },
    { filters: ['vdsm-no-mac-spoofing'] },
    { filters: ['no-mac-spoofing', 'no-ip-spoofing'], filterParameters: [{ name: 'IP', value: '10.0.0.2' }] },
    { filterParameters: ['10.0.0.2', '10.0.0.7'].map((value) => ({ name: 'IP', value })) },
  ];
  for (let round = 0; round < 4; round++) {
    for (const change of changes)
      t.equal((await patch('vm', mac, change)).status, 200, JSON.stringify(change));
    await failing(t);
  }
  const { sent } = await flood.stop();
  t.ok(sent > 0, `${sent} forged frames were sent`);
  t.equal(await attempt(guest, mac, observer, forged), 0);
  t.equal(
    observer.count((frame) => sourceMac(frame) === victim),
    0,
  );
  t.equal(await guest.ping('10.0.0.1'), 1, 'the port is open for what is honest');
  await service.request('DELETE', '/v1/vms/vm?force=true');
  t.strictSame(await host.leftovers(), empty);
});

/** A change that libvirt takes and cannot carry out. */
async function failing(t: Test): Promise<void> {
  await host.virshXml(
    "<filter name='broken' chain='root'><rule action='drop' direction='out'><ip srcipaddr='$IP' srcipmask='$MASK'/></rule></filter>",
    'nwfilter-define',
    '@',
  );
  const answer = await patch<object>('vm', mac, {
    filters: ['no-mac-spoofing', 'broken'],
    filterParameters: [
      { name: 'IP', value: '10.0.0.2' },
      { name: 'MASK', value: 'nonsense' },
    ],
  });
  t.equal(answer.status, 422, JSON.stringify(answer.body));
  await host.virsh('nwfilter-undefine', 'broken');
}

await t.test('a NIC that is plugged lets no forged frame out from the first moment', async (t) => {
  await service.create('vm', [onBridge(mac)]);
  await using guest = await (await Guest.attach(host, 'vm')).ready();
  const flood = await guest.flood('*', [forged], { whenAppears: true });
  t.match(await plug('vm', onBridge(second)), { status: 201 });
  await guest.up('eth1');
  t.equal(await attempt(guest, second, observer, forged, { ifname: 'eth1' }), 0);
  const { sent } = await flood.stop();
  t.ok(sent > 0, `${sent} forged frames were sent`);
  t.equal(
    observer.count((frame) => sourceMac(frame) === victim),
    0,
  );
  t.equal(
    await attempt(guest, second, observer, ipv4({ src: second }, { src: '10.0.0.9', dst: '10.0.0.1' }), {
      ifname: 'eth1',
    }),
    1,
  );
  await service.request('DELETE', '/v1/vms/vm?force=true');
});

await t.test(
  'a guest that ignores unplug keeps its NIC, with its filter, and the operation says so',
  async (t) => {
    const { kernel, initrd, cmdline } = await guestImage();
    await service.create('deaf', [onBridge(mac), onBridge(second)], {
      boot: { kernel, initrd, cmdline: `${cmdline} acpiphp.disable=1` },
    });
    await using guest = await (await Guest.attach(host, 'deaf')).ready();
    const answer = await service.request<Operation>('DELETE', `${nicPath('deaf', second)}?wait=60`);
    t.match(answer, {
      status: 200,
      body: { status: 'failed', problem: { type: '/problems/guest-unresponsive' } },
    });
    t.strictSame(await macsOf('deaf'), [
      [mac, second],
      [mac, second],
    ]);
    await guest.up('eth1');
    t.equal(await attempt(guest, second, observer, forged, { ifname: 'eth1' }), 0);
    await service.request('DELETE', '/v1/vms/deaf?force=true');
    t.strictSame(await host.leftovers(), empty);
  },
);
