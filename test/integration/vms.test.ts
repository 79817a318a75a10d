import t from 'tap';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
t.teardown(() => host.stop());

const empty = { chains: [], jumps: [], bindings: [], taps: [] };
const list = async () => (await service.request<{ items: Vm[] }>('GET', '/v1/vms')).body.items;

await t.test('a VM is created, runs filtered, is stopped, started and deleted', async (t) => {
  const created = await service.create('web1', [onBridge(), { source: { type: 'ethernet' } }]);
  t.equal(created.status, 201);
  t.match(created.body, {
    name: 'web1',
    state: 'running',
    persistent: true,
    memoryMiB: 96,
    vcpus: 1,
    virtType: 'qemu',
    nics: [
      { source: { type: 'bridge', bridge: 'br0' }, filters: ['vdsm-no-mac-spoofing'], target: /^vnet/ },
      { source: { type: 'ethernet' }, filters: ['vdsm-no-mac-spoofing'], target: /^vnet/ },
    ],
  });
  const path = String(created.headers.location);
  t.equal(path, `/v1/vms/${created.body.uuid}`);

  const xml = await host.virsh('dumpxml', 'web1');
  t.equal(xml.match(/<filterref filter='vdsm-no-mac-spoofing'\/>/g)?.length, 2);
  t.strictSame((await service.request<Vm>('GET', path)).body, created.body);
  t.strictSame((await service.request<Vm>('GET', '/v1/vms/web1')).body, created.body);
  t.strictSame(await list(), [created.body]);

  t.equal((await service.request('POST', `${path}/start`)).status, 409);
  t.equal((await service.request('DELETE', path)).status, 409);
  const stopped = await service.request<Vm>('POST', `${path}/stop`);
  t.match(stopped, { status: 200, body: { state: 'shutoff' } });
  t.strictSame(await host.leftovers(), empty);
  t.equal((await service.request('POST', `${path}/stop`)).status, 409);

  const started = await service.request<Vm>('POST', `${path}/start`);
  t.match(started, {
    status: 200,
    body: { state: 'running', nics: [{ target: /^vnet/ }, { target: /^vnet/ }] },
  });
  t.equal((await service.request('DELETE', `${path}?force=true`)).status, 204);
  t.strictSame(await host.leftovers(), empty);
  t.equal((await service.request('GET', path)).status, 404);
  t.strictSame(await list(), []);
});

await t.test('pages of the list', async (t) => {
  const created: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    created.push((await service.create(name, [], { start: false })).body.uuid);
  }
  const page = async (query: string) =>
    (await service.request<{ items: Vm[]; nextCursor?: string }>('GET', `/v1/vms?${query}`)).body;
  const first = await page('limit=2');
  t.equal(first.items.length, 2);
  const second = await page(`limit=2&cursor=${first.nextCursor}`);
  t.strictSame(
    [...first.items, ...second.items].map(({ uuid }) => uuid),
    created.toSorted(),
  );
  t.equal(second.nextCursor, undefined);
  t.match(await page('name=b'), { items: [{ name: 'b' }] });
  t.strictSame((await page('state=running')).items, []);
  t.equal((await service.request('GET', '/v1/vms?cursor=x')).status, 400);
  for (const name of ['a', 'b', 'c']) await service.request('DELETE', `/v1/vms/${name}`);
});

await t.test('what the host cannot do is refused, and leaves no VM', async (t) => {
  const { body: first } = await service.create('first', [onBridge('52:54:00:00:00:01')], { start: false });
  await host.virshXml(
    `<network><name>macvtap</name><forward mode='bridge'><interface dev='lo'/></forward></network>`,
    'net-define',
    '@',
  );
  const nic = (source: object) => ({ nics: [{ source }] });
  const cases: [object, number, string, string][] = [
    [{ name: 'first' }, 409, 'vm-name-taken', '/name'],
    [nic({ type: 'bridge', bridge: 'nowhere' }), 422, 'source-not-found', '/nics/0/source/bridge'],
    [nic({ type: 'bridge', bridge: 'lo' }), 422, 'source-not-found', '/nics/0/source/bridge'],
    [nic({ type: 'bridge' }), 400, 'invalid-request', '/nics/0/source/bridge'],
    [nic({ type: 'network', network: 'nowhere' }), 422, 'source-not-found', '/nics/0/source/network'],
    [nic({ type: 'network', network: 'macvtap' }), 422, 'nic-unfilterable', '/nics/0/source/network'],
    [nic({ type: 'direct' }), 422, 'nic-unfilterable', '/nics/0/source/type'],
    [nic({ type: 'user' }), 422, 'nic-unfilterable', '/nics/0/source/type'],
    [nic({ type: 'null' }), 400, 'invalid-request', '/nics/0/source/type'],
    [{ nics: [onBridge('52:54:00:00:00:01')] }, 409, 'mac-in-use', '/nics/0/mac'],
    [{ nics: [onBridge('01:00:5e:00:00:01')] }, 400, 'invalid-request', '/nics/0/mac'],
    [{ nics: [onBridge('52:54:00:00:00:2'), onBridge()] }, 400, 'invalid-request', '/nics/0/mac'],
    [
      { nics: [onBridge('52:54:00:00:00:09'), onBridge('52:54:00:00:00:09')] },
      409,
      'mac-in-use',
      '/nics/1/mac',
    ],
    [{ boot: { kernel: '/etc/shadow' } }, 422, 'path-not-allowed', '/boot/kernel'],
    [{ disks: [{ path: '/dev/vda' }] }, 422, 'path-not-allowed', '/disks/0/path'],
    [{ disks: [{ pool: 'nowhere', volume: 'x' }] }, 422, 'volume-not-found', '/disks/0/pool'],
    [{ disks: [{}] }, 400, 'invalid-request', '/disks/0'],
    [{ memoryMiB: '96' }, 400, 'invalid-request', '/memoryMiB'],
    [{ xml: '<domain/>' }, 400, 'invalid-request', '/xml'],
  ];
  for (const [body, status, type, path] of cases) {
    const answer = await service.create<Record<string, unknown>>('other', [], body);
    t.match(
      answer,
      { status, body: { type: `/problems/${type}`, status, errors: [{ path }] } },
      JSON.stringify(body),
    );
    t.equal(answer.headers['content-type'], 'application/problem+json');
  }
  t.strictSame(
    (await list()).map(({ uuid }) => uuid),
    [first.uuid],
  );
  t.strictSame(await host.leftovers(), empty);
  await service.request('DELETE', '/v1/vms/first');
});

await t.test('of VMs created at once with one name or one MAC address, one comes to be', async (t) => {
  const sameName = await Promise.all(
    Array.from({ length: 4 }, () => service.create('one', [], { start: false })),
  );
  t.strictSame(sameName.map(({ status }) => status).toSorted(), [201, 409, 409, 409]);
  const mac = '52:54:00:00:00:07';
  const sameMac = await Promise.all(
    ['p', 'q', 'r'].map((name) => service.create(name, [onBridge(mac)], { start: false })),
  );
  t.strictSame(sameMac.map(({ status }) => status).toSorted(), [201, 409, 409]);
  for (const { name } of await list()) await service.request('DELETE', `/v1/vms/${name}`);
});

await t.test('a VM from elsewhere gets its filter when it is started here', async (t) => {
  await host.defineGuest({ name: 'foreign', start: false, nics: [{ mac: '52:54:00:00:00:03' }] });
  t.notMatch(await host.virsh('dumpxml', 'foreign'), /filterref/);
  const started = await service.request<Vm>('POST', '/v1/vms/foreign/start');
  t.match(started, {
    status: 200,
    body: { state: 'running', nics: [{ filters: ['vdsm-no-mac-spoofing'] }] },
  });
  t.match(
    await host.virsh('dumpxml', '--inactive', 'foreign'),
    /<filterref filter='vdsm-no-mac-spoofing'\/>/,
  );
  t.equal((await service.request('DELETE', '/v1/vms/foreign?force=true')).status, 204);
  t.strictSame(await host.leftovers(), empty);
});
