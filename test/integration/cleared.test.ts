import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Enforcement } from '../../src/schemas/enforcement.js';
import type { Vm } from '../../src/schemas/vm.js';
import { startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';
import { notWhole, untilWhole } from './whole.js';

// What becomes of a NIC's rules when its VM ends, by whatever means: docs/enforcement.md says what is seen here.

const mac = '52:54:00:00:00:01';
const list = ['no-mac-spoofing', 'no-arp-mac-spoofing'];

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
await service.create('vm', [{ ...onBridge(mac), filters: list }, onBridge()], { start: false });
using events = await service.events();

const state = async (): Promise<string> => (await service.request<Vm>('GET', '/v1/vms/vm')).body.state;
const verdict = async (): Promise<Enforcement> =>
  (await service.request<Enforcement>('GET', `/v1/vms/vm/nics/${mac}/enforcement`)).body;
const gone = { chains: [], jumps: [], bindings: [], taps: [] };
const image = join(host.dir, 'vm.saved');

/** Starts the VM, whose NICs are then enforced. */
async function start(t: Test): Promise<void> {
  t.match(await service.request('POST', '/v1/vms/vm/start'), { status: 200 });
  t.strictSame(await notWhole(host, service), []);
}

const ends: Record<string, () => Promise<unknown>> = {
  'it is destroyed by the service': () => service.request('POST', '/v1/vms/vm/stop'),
  'it is destroyed by virsh': () => host.virsh('destroy', 'vm'),
  'its QEMU is killed': () => host.run('sh', ['-c', 'kill -KILL $(cat /run/libvirt/qemu/vm.pid)']),
  'its memory is saved by virsh': () => host.virsh('save', 'vm', image),
};

for (const [what, end] of Object.entries(ends)) {
  await t.test(`the rules of a VM go when ${what}`, async (t) => {
    await start(t);
    const since = events.events.length;
    await end();
    await events.next('vm.stopped', {}, since);
    t.equal(await state(), 'shutoff');
    t.strictSame(await host.leftovers(), gone);
    t.equal((await verdict()).status, 'inactive');
    // the kernel keeps the guards: the service takes them away
    await untilWhole(host, service, events, (wrong) => t.comment(wrong));
    t.notMatch(await host.run('nft', ['list', 'ruleset']), /tap_vnet/);
  });
}

await t.test('the filter of a list goes when virsh has undefined the last VM that had it', async (t) => {
  await service.create('other', [{ ...onBridge(), filters: ['no-arp-mac-spoofing', 'no-mac-spoofing'] }], {
    start: false,
  });
  t.strictSame(await notWhole(host, service), []);
  await host.virsh('undefine', 'other');
  t.match(await notWhole(host, service), [/virtwarden-list-\S+ is left/]);
  await untilWhole(host, service, events, (wrong) => t.comment(wrong));
});

await t.test('the filter of a list that no VM has come to have goes, too', async (t) => {
  const since = service.logLength;
  await host.virshXml(
    "<filter name='virtwarden-list-0123456789abcdef0123' chain='root'/>",
    'nwfilter-define',
    '@',
  );
  t.match(await service.logged('a filter of a list that nobody uses is removed', since), {
    filter: 'virtwarden-list-0123456789abcdef0123',
  });
  t.strictSame(await notWhole(host, service), []);
});

await t.test('a VM that virsh restores is enforced again, on another tap', async (t) => {
  await host.virsh('restore', image);
  t.equal(await state(), 'running');
  const { status, port } = await verdict();
  t.match(status, /enforced|drifted/, 'its guard comes a moment later');
  await events.next('enforcement.repaired', { nic: mac });
  t.match(await verdict(), { status: 'enforced', findings: [] });
  t.ok(port !== undefined && (await host.taps()).includes(port));
  t.strictSame(await notWhole(host, service), []);
});
