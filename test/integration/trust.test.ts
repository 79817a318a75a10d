import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import type { Nic } from '../../src/schemas/nic.js';
import { attempt, ethernet, Guest, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
const service = await Service.start(host);
const observer = await host.observer('br0');
t.teardown(() => host.stop());

const mac = '52:54:00:00:00:01';
const others = '52:54:00:00:00:02';
const forged = ethernet({ src: '52:54:00:00:00:99', type: 0x88b5 });
const nic = `/v1/vms/vm/nics/${mac}`;
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();
const verdict = async () => (await service.request<Enforcement>('GET', `${nic}/enforcement`)).body;

await service.create('vm', [onBridge(mac)]);
await service.create('other', [onBridge(others)], { start: false });
await service.create('old', [], { start: false, compatibilityVersion: '3.1' });
const guest = await (await Guest.attach(host, 'vm')).ready();
await guest.up('eth0');
const operator = await service.as('operator');

await t.test('what an operator may not: leave a NIC with less than it gets by default', async (t) => {
  const trust = { reason: 'mine' };
  const bridge = onBridge();
  const open = { filters: [], trust };
  const weak = { filters: ['no-arp-mac-spoofing'] };
  const spoof = [{ name: 'MAC', value: '52:54:00:00:00:99' }];
  const vm = { name: 'new', memoryMiB: 96 };
  const hosts = (await host.run('cat', ['/sys/class/net/br0/address'])).trim();
  const attempts: [method: string, path: string, body: object, status: number, at?: string][] = [
    ['POST', '/v1/vms', { ...vm, nics: [{ ...bridge, ...open }] }, 403, '/nics/0/filters'],
    ['POST', '/v1/vms', { ...vm, nics: [{ ...bridge, ...weak }] }, 403, '/nics/0/filters'],
    ['POST', '/v1/vms', { ...vm, nics: [{ ...bridge, filters: ['allow-arp'] }] }, 403, '/nics/0/filters'],
    ['POST', '/v1/vms', { ...vm, compatibilityVersion: '3.1', nics: [bridge] }, 403, '/compatibilityVersion'],
    [
      'POST',
      '/v1/vms',
      { ...vm, nics: [{ ...onBridge(mac), allowDuplicateMac: true }] },
      403,
      '/nics/0/allowDuplicateMac',
    ],
    ['POST', '/v1/vms', { ...vm, nics: [onBridge(mac)] }, 409, '/nics/0/mac'],
    ['POST', '/v1/vms', { ...vm, nics: [onBridge(hosts)] }, 409, '/nics/0/mac'],
    ['POST', '/v1/vms/vm/nics', onBridge(hosts), 409, '/mac'],
    ['POST', '/v1/vms', { ...vm, nics: [{ ...bridge, filterParameters: spoof }] }, 400],
    ['PATCH', '/v1/vms/other', { compatibilityVersion: '3.0' }, 403, '/compatibilityVersion'],
    ['POST', '/v1/vms/old/nics', bridge, 403, '/filters'],
    ['POST', '/v1/vms/vm/nics', { ...bridge, ...open }, 403, '/filters'],
    ['POST', '/v1/vms/vm/nics', { ...bridge, ...weak }, 403, '/filters'],
    ['POST', '/v1/vms/vm/nics', { ...onBridge(others), allowDuplicateMac: true }, 403, '/allowDuplicateMac'],
    ['POST', '/v1/vms/vm/nics', onBridge(others), 409, '/mac'],
    ['PATCH', nic, open, 403, '/filters'],
    ['PATCH', nic, { filters: [] }, 403, '/filters'],
    ['PATCH', nic, weak, 403, '/filters'],
    ['PATCH', nic, { trust }, 400, '/trust'],
    ['PATCH', nic, { filterParameters: spoof }, 400],
    ['PUT', `${nic}/filter-parameters`, { items: spoof }, 400],
    ['PATCH', `/v1/vms/vm/nics/${others}`, { linkState: 'down' }, 404],
    ['DELETE', `/v1/vms/vm/nics/${others}`, {}, 404],
    ['PATCH', '/v1/config', { EnableMACAntiSpoofingFilterRules: false }, 403],
    ['PUT', '/v1/nwfilters/no-mac-spoofing', { name: 'no-mac-spoofing', chain: 'mac' }, 403],
    ['DELETE', '/v1/nwfilters/no-mac-spoofing', {}, 403],
    ['POST', '/v1/tokens', { name: 'me', role: 'admin' }, 403],
  ];
  const before = await service.request('GET', '/v1/vms');
  for (const [method, path, body, status, at] of attempts) {
    const answer = await operator(method, path, method === 'DELETE' ? undefined : body);
    t.equal(answer.status, status, `${method} ${path} ${JSON.stringify(body)}: ${answer.body.detail}`);
    if (at !== undefined) t.match(answer.body.errors, [{ path: at }]);
  }
  t.strictSame((await service.request('GET', '/v1/vms')).body, before.body, 'nothing was changed');
  t.match(await verdict(), { status: 'enforced', desired: ['vdsm-no-mac-spoofing'] });
  t.equal(await attempt(guest, mac, observer, forged), 0);
});

await t.test('what an operator may: give a NIC as much or more', async (t) => {
  for (const filters of [
    ['virtwarden-strict-mac'],
    ['no-arp-mac-spoofing', 'no-mac-spoofing'],
    ['vdsm-no-mac-spoofing'],
  ]) {
    t.match(await operator<Nic>('PATCH', nic, { filters }), { status: 200, body: { filters } });
  }
  const IP = [{ name: 'IP', value: '10.0.0.2' }];
  const strict = { filters: ['clean-traffic'], filterParameters: IP };
  t.match(await operator<Nic>('PATCH', nic, strict), { status: 200, body: { filters: ['clean-traffic'] } });
});

await t.test('what a filter gives by itself, no parameter of a NIC overrules', async (t) => {
  const pinned = { ref: 'no-ip-spoofing', parameters: [{ name: 'IP', value: '10.0.0.5' }] };
  const own = { name: 'own', entries: [{ ref: 'vdsm-no-mac-spoofing', parameters: [] }, pinned] };
  t.equal((await service.request('POST', '/v1/nwfilters', own)).status, 201);
  t.equal((await operator('PATCH', nic, { filters: ['own'] })).status, 200);
  const filterParameters = [{ name: 'IP', value: '10.0.0.9' }];
  // the second has a use for a value of its own
  for (const filters of [['own'], ['own', 'no-arp-ip-spoofing']]) {
    const answer = await operator('PATCH', nic, { filters, filterParameters });
    t.match(answer, { status: 400, body: { errors: [{ path: '/filterParameters/0/name' }] } });
  }
  t.match(await host.kernelRules(), /--ip-src 10\.0\.0\.5 /);
  t.notMatch(await host.kernelRules(), /10\.0\.0\.9/);
  t.equal((await operator('PATCH', nic, { filters: ['vdsm-no-mac-spoofing'] })).status, 200);
});

await t.test('who may trust a NIC need be no admin, and says until when', async (t) => {
  const trusted = await service.as('operator', { trust: true });
  const trust = (expiresAt: string) =>
    trusted<Nic>('PATCH', nic, { filters: [], trust: { reason: 'a router', expiresAt } });
  for (const never of [soon(-1000), '2099-12-31T23:59:60Z', '2099-01-01T00:00:00+00'])
    t.match(await trust(never), { status: 400, body: { errors: [{ path: '/trust/expiresAt' }] } }, never);
  t.match(await trust(soon(3_600_000)), {
    status: 200,
    body: { filters: [], filterOrigin: 'none', trust: { reason: 'a router' } },
  });
  t.match(await verdict(), { status: 'unfiltered' });
  t.equal(await attempt(guest, mac, observer, forged), 1, 'so that what comes next means something');

  using events = await service.events();
  t.equal((await trust(soon(2000))).status, 200);
  const { data } = await events.next('nic.trust-expired');
  t.match(data, { name: 'vm', nic: mac, filters: ['vdsm-no-mac-spoofing'] });
  t.match(await verdict(), { status: 'enforced', findings: [] });
  t.equal(await attempt(guest, mac, observer, forged), 0);
  const { body } = await service.request<Nic>('GET', nic);
  t.match(body, { filters: ['vdsm-no-mac-spoofing'], filterOrigin: 'explicit', synced: true });
  t.equal(body.trust, undefined);
});

await t.test('a NIC has what it had before when trust in it ends: filters and parameters', async (t) => {
  const IP = { name: 'IP', value: '10.0.0.2' };
  const stricter = { filters: ['no-mac-spoofing', 'own-ip'], filterParameters: [IP] };
  const own = { name: 'own-ip', entries: [{ ref: 'no-arp-ip-spoofing', parameters: [] }] };
  const open = (reason: string) => ({ filters: [], trust: { reason, expiresAt: soon(2000) } });
  t.equal((await service.request('POST', '/v1/nwfilters', own)).status, 201);
  t.equal((await service.request('PATCH', nic, stricter)).status, 200);
  using events = await service.events();
  const forever = { filters: [], trust: { reason: 'for good' } };
  t.match(await service.request<Nic>('PATCH', nic, forever), { status: 200, body: { filterParameters: [] } });
  t.match(await service.request('DELETE', '/v1/nwfilters/own-ip'), {
    status: 409,
    body: { type: '/problems/nwfilter-in-use', usedBy: [{ nic: mac }] },
  });
  t.equal((await service.request('PATCH', nic, open('not for good after all'))).status, 200);
  const { data } = await events.next('nic.trust-expired');
  t.match(data, { nic: mac, filters: stricter.filters });
  const back = { ...stricter, filterOrigin: 'explicit', synced: true };
  const { body } = await service.request<Nic>('GET', nic);
  t.match(body, back);
  t.equal(body.trust, undefined);
  t.match(await verdict(), { status: 'enforced', findings: [] });

  // a default that takes parameters comes back with them
  const defaults = { filters: ['clean-traffic'], filterParameters: [IP] };
  await service.request('PATCH', '/v1/config', { DefaultFilters: ['clean-traffic'] });
  const plugged = await service.request<Nic>('POST', '/v1/vms/other/nics', {
    ...onBridge(),
    filterParameters: [IP],
  });
  t.match(plugged, { status: 201, body: { ...defaults, filterOrigin: 'default' } });
  const further = `/v1/vms/other/nics/${plugged.body.mac}`;
  t.equal((await service.request('PATCH', further, open('off'))).status, 200);
  await events.next('nic.trust-expired', { nic: plugged.body.mac });
  t.match((await service.request('GET', further)).body, { ...defaults, filterOrigin: 'default' });
  // and without those that the default of that time has no use for
  t.equal((await service.request('PATCH', further, open('again'))).status, 200);
  await service.request('PATCH', '/v1/config', { DefaultFilters: ['vdsm-no-mac-spoofing'] });
  await events.next('nic.trust-expired', { nic: plugged.body.mac }, events.events.length);
  t.match((await service.request('GET', further)).body, {
    filters: ['vdsm-no-mac-spoofing'],
    filterParameters: [],
  });
  await service.request('DELETE', further);
  t.equal((await service.request('PATCH', nic, { filters: ['vdsm-no-mac-spoofing'] })).status, 200);
  t.equal((await service.request('DELETE', '/v1/nwfilters/own-ip')).status, 204, 'nothing uses it any more');
});

await t.test('what is done to one NIC of a VM does not let trust in another outlast its end', async (t) => {
  using events = await service.events();
  const trust = { reason: 'x', expiresAt: soon(3000) };
  await service.create('both', [onBridge(), onBridge()], { start: false });
  const nics = (await service.request<{ items: Nic[] }>('GET', '/v1/vms/both/nics')).body.items;
  for (const { mac } of nics) {
    const open = await service.request('PATCH', `/v1/vms/both/nics/${mac}`, { filters: [], trust });
    t.equal(open.status, 200);
  }
  await delay(Date.parse(trust.expiresAt) - Date.now());
  t.equal((await service.request('POST', '/v1/vms/both/nics', onBridge())).status, 201);
  for (const { mac } of nics) {
    await events.next('nic.trust-expired', { nic: mac });
    const { body } = await service.request<Nic>('GET', `/v1/vms/both/nics/${mac}`);
    t.match(body, { filters: ['vdsm-no-mac-spoofing'], filterOrigin: 'default' });
  }
  await service.request('DELETE', '/v1/vms/both');
});

await t.test('a NIC that cannot have its filter back is closed until it can', async (t) => {
  using events = await service.events();
  const own = { name: 'own-mac', entries: [{ ref: 'vdsm-no-mac-spoofing', parameters: [] }] };
  await service.request('POST', '/v1/nwfilters', own);
  await service.request('PATCH', nic, { filters: ['own-mac'] });
  await service.request('PATCH', nic, { filters: [], trust: { reason: 'x', expiresAt: soon(3000) } });
  await host.virsh('nwfilter-undefine', 'own-mac');
  await events.next('enforcement.repair-failed', { nic: mac });
  t.match(await verdict(), { status: 'drifted', findings: [{ code: 'port-closed' }] });
  await service.request('POST', '/v1/nwfilters', own);
  await events.next('nic.trust-expired');
  t.match(await verdict(), { status: 'enforced', findings: [] });
  t.equal(await attempt(guest, mac, observer, forged), 0);
});

await t.test('trust that ends while the service is down ends when it is back', async (t) => {
  const expiresAt = soon(10_000); // both changes are made by then, on a busy machine too
  const trusted = { filters: [], trust: { reason: 'x', expiresAt } };
  const shut = `/v1/vms/other/nics/${others}`;
  t.equal((await service.request('PATCH', nic, trusted)).status, 200);
  const strict = { filters: ['clean-traffic'], filterParameters: [{ name: 'IP', value: '10.0.0.3' }] };
  t.equal((await service.request('PATCH', shut, strict)).status, 200);
  t.equal((await service.request('PATCH', shut, trusted)).status, 200);
  await service.stop('SIGKILL');
  await delay(Date.parse(expiresAt) - Date.now());
  await using next = await Service.start(host);
  using events = await next.events({ after: 'from-the-beginning' });
  for (const each of [mac, others]) await events.next('nic.trust-expired', { nic: each });
  t.match((await next.request('GET', nic)).body, { filters: ['own-mac'] });
  t.match((await next.request('GET', shut)).body, strict);
  t.equal(await attempt(guest, mac, observer, forged), 0);
});
