import t from 'tap';
import type { AuditEntry } from '../../src/schemas/audit.js';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const host = await startHost();
t.teardown(() => host.stop());
const mac = '52:54:00:00:00:01';

const entries = async (service: Service, query = '') =>
  (await service.request<{ items: AuditEntry[] }>('GET', `/v1/audit${query}`)).body.items;

await t.test(
  'what was answered is in the log after a kill, and what was cut off is unfinished',
  async (t) => {
    const service = await Service.start(host);
    const { body: vm } = await service.create('vm', [onBridge(mac)]);
    const filters = ['virtwarden-strict-mac'];
    t.equal((await service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters })).status, 200);
    // a second VM is being started when the service dies
    const cut = service.create('cut', [onBridge()]).catch(() => undefined);
    using events = await service.events();
    await events.next('vm.defined', { name: 'cut' });
    await service.stop('SIGKILL');
    await cut;

    await using next = await Service.start(host);
    const [unfinished, changed, created, ...more] = await entries(next);
    t.match(unfinished, { action: 'POST /v1/vms', asked: { name: 'cut' }, result: 'unfinished' });
    t.match(changed, {
      action: 'PATCH /v1/vms/:vm/nics/:mac',
      path: `/v1/vms/vm/nics/${mac}`,
      before: { filters: ['vdsm-no-mac-spoofing'] },
      asked: { filters },
      after: { filters },
      result: 'succeeded',
    });
    t.match(created, { action: 'POST /v1/vms', after: { name: 'vm', uuid: vm.uuid, nics: [{ mac }] } });
    t.strictSame(more, []);
  },
);

await t.test('long work has the result of its operation', async (t) => {
  await using service = await Service.start(host);
  const { status } = await service.request<Vm>('POST', '/v1/enforcement/repair?wait=50');
  t.equal(status, 200);
  const [repair] = await entries(service);
  t.match(repair, { action: 'POST /v1/enforcement/repair', result: 'succeeded', operation: /-/ });
});
