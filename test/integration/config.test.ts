import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { ConfigChange, Policy } from '../../src/schemas/config.js';
import type { Operation } from '../../src/schemas/operation.js';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());
const file = join(host.dir, 'state', 'config.json');
const start = () => Service.start(host, { waitFor: 'API at' });
const onDisk = async () => JSON.parse(await readFile(file, 'utf8')) as Partial<Policy>;
const read = async (service: Service) => (await service.request<Policy>('GET', '/v1/config')).body;

await t.test('a change survives the restart', async (t) => {
  const change = {
    EnableMACAntiSpoofingFilterRules: false,
    DefaultFilters: ['clean-traffic', 'no-mac-spoofing'],
  };
  const service = await Service.start(host);
  const changed = await service.request<ConfigChange>('PATCH', '/v1/config', change);
  t.match(changed, {
    status: 200,
    body: { ...change, ClusterCompatibilityVersion: '4.8', outOfSyncNics: 0 },
  });
  t.match(await service.stop(), { code: 0 });
  await using next = await start();
  t.match(await read(next), change);
});

await t.test('killed at any moment: the file is whole, and what was answered is in it', async (t) => {
  let level = 0;
  let interrupted = 0;
  let service = await start();
  const setLevel = async (next: number): Promise<void> => {
    const change = { ClusterCompatibilityVersion: `5.${next}` };
    const { status } = await service.request('PATCH', '/v1/config', change);
    if (status !== 200) throw new Error(`it answered ${status}`);
    level = next;
  };
  await setLevel(0);
  for (let round = 0; round < 12; round += 1) {
    await setLevel(level + 1); // it is up to speed
    const patches = (async () => {
      for (;;) await setLevel(level + 1);
    })().catch(() => (interrupted += 1));
    await delay(5 * round);
    await service.stop('SIGKILL');
    await patches;
    const kept = String((await onDisk()).ClusterCompatibilityVersion);
    t.ok(
      [`5.${level}`, `5.${level + 1}`].includes(kept),
      `${kept} is the last answered change, or the one after`,
    );
    level = Number(kept.split('.')[1]);
    service = await start();
    t.equal((await read(service)).ClusterCompatibilityVersion, kept);
  }
  await service.stop();
  t.equal(interrupted, 12);
  t.ok(level > 12, `${level} changes were made`);
  t.strictSame(
    (await readdir(join(host.dir, 'state'))).filter((name) => name.endsWith('.tmp')),
    [],
    'nothing is left over',
  );
});

await t.test('entity tags of the policy and of a VM', async (t) => {
  await using service = await Service.start(host);
  const { etag } = (await service.request('GET', '/v1/config')).headers;
  const tagged = { 'if-match': String(etag) };
  const change = { EnableMACAntiSpoofingFilterRules: true, DefaultFilters: ['vdsm-no-mac-spoofing'] };
  t.equal((await service.request('PATCH', '/v1/config', change, tagged)).status, 200);
  t.match(await service.request('PATCH', '/v1/config', {}, tagged), {
    status: 412,
    body: { type: '/problems/etag-stale' },
  });
  t.match(await service.request('PATCH', '/v1/config', { DefaultFilters: ['no-such-filter'] }), {
    status: 422,
    body: { type: '/problems/nwfilter-not-found', errors: [{ path: '/DefaultFilters/0' }] },
  });

  const created = await service.create('tagged', [onBridge()], { start: false });
  const path = `/v1/vms/${created.body.uuid}`;
  const known = { 'if-none-match': String(created.headers.etag) };
  t.match(await service.request('GET', path, undefined, known), { status: 304, body: undefined });
  await host.virsh('desc', 'tagged', '--config', 'another');
  t.equal((await service.request('GET', path, undefined, known)).status, 200);
  const stale = { 'if-match': String(created.headers.etag) };
  t.equal((await service.request('DELETE', path, undefined, stale)).status, 412);
  const now = await service.request<Vm>('GET', path);
  const fresh = { 'if-match': String(now.headers.etag) };
  t.equal((await service.request('DELETE', path, undefined, fresh)).status, 204);
});

await t.test('creations with one key, many at once, make one VM', async (t) => {
  await using service = await Service.start(host);
  const body = { name: 'once', memoryMiB: 64, nics: [onBridge()] };
  const post = (more: object = {}) =>
    service.request<Vm>('POST', '/v1/vms', { ...body, ...more }, { 'idempotency-key': 'k-1' });
  const answers = await Promise.all(Array.from({ length: 10 }, () => post()));
  t.strictSame(
    answers.map(({ status }) => status),
    answers.map(() => 201),
  );
  const [first] = answers;
  for (const { body, headers } of answers) {
    t.strictSame(body, first?.body);
    t.equal(headers.location, `/v1/vms/${first?.body.uuid}`);
    t.equal(headers.etag, first?.headers.etag);
  }
  t.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length, 9);
  t.match(await post({ memoryMiB: 65 }), { status: 422, body: { type: '/problems/idempotency-key-reused' } });
  t.equal((await host.virsh('list', '--all', '--name')).trim(), 'once');
  await service.request('DELETE', '/v1/vms/once');
});

await t.test('operations are listed', async (t) => {
  await using service = await start();
  t.match(await service.request<{ items: Operation[] }>('GET', '/v1/operations'), {
    status: 200,
    body: { items: [] },
  });
  t.match(await service.request('GET', '/v1/operations/none'), { status: 404 });
});
