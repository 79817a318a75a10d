import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import type { TokenCreated } from '../../src/schemas/token.js';
import type { Vm } from '../../src/schemas/vm.js';
import { run, startHost } from '../hosts/index.js';
import { call } from '../integration/http.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

// The service's clock is another than the machine's: libfaketime reads from a file how far it is off. What runs by itself, such as
// timers, goes by the monotonic clock, which does not jump.
const host = await startHost();
t.teardown(() => host.stop());
const clock = join(host.dir, 'clock');
const setClock = (offset: string) => writeFile(clock, offset);
await setClock('+0');
const service = await Service.start(host, {
  env: {
    LD_PRELOAD: (await run('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1'])).trim(),
    FAKETIME_TIMESTAMP_FILE: clock,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
    VIRTWARDEN_REQUESTS_PER_MINUTE: '600',
  },
});
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());

const mac = '52:54:00:00:00:01';
const nic = `/v1/vms/vm/nics/${mac}`;
const hour = 3_600_000;
const inAnHour = (): string => new Date(Date.now() + hour).toISOString();
/** What the service takes for now, as it says of a verdict. */
const now = async (): Promise<number> =>
  Date.parse((await service.request<Enforcement>('GET', `${nic}/enforcement`)).body.checkedAt);

await service.create('vm', [
  { ...onBridge(mac), filters: [], trust: { reason: 'a test', expiresAt: inAnHour() } },
]);
const { body: token } = await service.request<TokenCreated>('POST', '/v1/tokens', {
  name: 'short',
  role: 'viewer',
  expiresAt: inAnHour(),
});
const asShort = () => call<object>(service.socket, 'GET', '/v1/vms', { token: token.token });

await t.test(
  'the clock goes back: what ends at a time ends later, and nothing is kept from being new',
  async (t) => {
    await setClock('-7200');
    t.ok((await now()) < Date.now() - hour, 'the service sees it');
    t.equal((await asShort()).status, 200);
    t.match(await service.request<Vm>('GET', '/v1/vms/vm'), { body: { nics: [{ filters: [] }] } });
    for (const description of ['one', 'another']) {
      await host.virsh('desc', 'vm', '--config', '--live', description);
      t.match((await service.request<Vm>('GET', '/v1/vms/vm')).body, { description });
    }
    t.match(await service.request('POST', '/v1/vms/vm/suspend'), { status: 200 });
    t.match(await service.request('POST', '/v1/vms/vm/resume'), { status: 200 });
  },
);

await t.test(
  'who has asked too often is let in again as soon as ever, whatever the clock does',
  async (t) => {
    let refused = await asShort();
    while (refused.status !== 429) refused = await asShort();
    await setClock('-14400');
    const { status, headers } = await asShort();
    t.equal(status, 429);
    t.ok(Number(headers['retry-after']) <= 10, `${String(headers['retry-after'])} s`);
  },
);

await t.test('the clock goes forward: tokens and trust that end then have ended', async (t) => {
  const since = events.events.length;
  await setClock('+7200');
  await events.next('nic.trust-expired', {}, since);
  await untilWhole(host, service, events, (wrong) => t.comment(wrong));
  t.match((await service.request<Vm>('GET', '/v1/vms/vm')).body, {
    nics: [{ filters: ['vdsm-no-mac-spoofing'] }],
  });
  t.match((await service.request<Enforcement>('GET', `${nic}/enforcement`)).body, { status: 'enforced' });
  t.equal((await asShort()).status, 401);
});

await t.test('a request that was sent twice, with a leap of the clock between, is done once', async (t) => {
  const key = { 'idempotency-key': 'leap' };
  const body = { name: 'once', memoryMiB: 96 };
  const first = await service.request<Vm>('POST', '/v1/vms', body, key);
  await setClock('+200000');
  const second = await service.request<Vm>('POST', '/v1/vms', body, key);
  t.match([first.status, second.status], [201, 201]);
  t.equal(second.body.uuid, first.body.uuid);
});
