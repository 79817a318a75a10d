import { join } from 'node:path';
import t from 'tap';
import type { AuditEntry } from '../../src/schemas/audit.js';
import type { ProblemBody } from '../../src/schemas/problem.js';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import type { Answer } from '../integration/http.js';
import { onBridge, Service } from '../integration/service.js';

const mac = '52:54:00:00:00:01';
const host = await startHost();
t.teardown(() => host.stop());
const state = join(host.dir, 'state');
await host.run('mkdir', [state]);
await host.run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', state]);
let service = await Service.start(host);
await service.create('vm', [onBridge(mac)]);
await service.create('off', [onBridge()], { start: false });

const fill = () => host.run('sh', ['-c', `cat /dev/zero >${state}/fill 2>/dev/null || true`]);
const names = async (): Promise<string> => (await host.virsh('list', '--all', '--name')).trim();
const refused = { status: 503, body: { type: '/problems/state-unwritable' } };
const nic = `/v1/vms/vm/nics/${mac}`;
/** Every kind of change that is not to be made when it cannot be written down. */
const changes: Record<string, () => Promise<Answer<ProblemBody | Vm>>> = {
  'a creation': () => service.create('new', [onBridge()]),
  'a start': () => service.request('POST', '/v1/vms/off/start'),
  'a change of filters': () => service.request('PATCH', nic, { filters: ['no-mac-spoofing'] }),
  'a plug': () => service.request('POST', '/v1/vms/vm/nics', onBridge()),
  'a deletion': () => service.request('DELETE', '/v1/vms/off?force=true'),
  'a change of the policy': () => service.request('PATCH', '/v1/config', { reconcile: 'report' }),
  'a token': () => service.request('POST', '/v1/tokens', { name: 'new', role: 'viewer' }),
};

await t.test(
  'with no place in the state directory every change is refused, and changes nothing',
  async (t) => {
    const before = [await names(), await host.virsh('dumpxml', 'vm'), await host.kernelRules()];
    await fill();
    for (const [what, change] of Object.entries(changes)) t.match(await change(), refused, what);
    t.strictSame([await names(), await host.virsh('dumpxml', 'vm'), await host.kernelRules()], before);
  },
);

await t.test('meanwhile it answers, shows what is wrong, and watches over what runs', async (t) => {
  t.match(await service.request('GET', '/v1/vms'), { status: 200, body: { items: { length: 2 } } });
  t.match(await service.request('GET', '/v1/host'), {
    body: { lacks: [{ code: 'state-unwritable', detail: /ENOSPC/ }] },
  });
  t.match(await service.request('GET', '/v1/enforcement'), {
    body: { counts: { enforced: 1 }, findings: [] },
  });
  const events = await service.events();
  await host.run('ebtables', ['-t', 'nat', '-F', 'I-vnet0-mac']);
  await events.next('enforcement.repaired');
  events[Symbol.dispose]();
});

await t.test('it starts anew with what the state directory has', async (t) => {
  await service.stop('SIGKILL');
  service = await Service.start(host);
  t.match(await service.request('GET', '/v1/config'), { status: 200, body: { reconcile: 'repair' } });
  t.match(await changes['a creation']?.(), refused);
});

await t.test('with place again all goes on, and the audit log is whole', async (t) => {
  await host.run('rm', [`${state}/fill`]);
  for (const [what, change] of Object.entries(changes)) {
    const { status, body } = await change();
    t.ok(status < 300, `${what}: ${status} ${JSON.stringify(body)}`);
  }
  const { body } = await service.request<{ items: AuditEntry[] }>('GET', '/v1/audit');
  t.match(body.items[0], { action: 'POST /v1/tokens' });
  t.equal(await host.run('ls', [`${state}/journal`]), '');
});
