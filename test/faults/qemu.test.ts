import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { ProblemBody } from '../../src/schemas/problem.js';
import type { Vm } from '../../src/schemas/vm.js';
import { ethernet, Guest, qemuPid, sourceMac, startHost } from '../hosts/index.js';
import type { Answer } from '../integration/http.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

const mac = '52:54:00:00:00:01';
const plugged = '52:54:00:00:00:02';
const victim = '52:54:00:00:00:99';
const nothing = { chains: [], jumps: [], bindings: [], taps: [] };

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());
const observer = await host.observer('br0');

const qemu = (vm: string): Promise<number> => qemuPid(host, vm);
const whole = () => untilWhole(host, service, events, (wrong) => t.comment(wrong));

await t.test(
  'QEMU killed: the VM is off and told of, nothing of its NIC is left, and it starts again',
  async (t) => {
    await service.create('vm', [onBridge(mac)]);
    const since = events.events.length;
    process.kill(await qemu('vm'), 'SIGKILL');
    t.match(await events.next('vm.stopped', {}, since), { data: { reason: /failed|crashed/ } });
    await whole();
    t.match((await service.request<Vm>('GET', '/v1/vms/vm')).body, { state: 'shutoff' });
    t.strictSame(await host.leftovers(), nothing);
    t.match(await service.request('POST', '/v1/vms/vm/start'), { status: 200 });
    await whole();
  },
);

/** Has the VM's QEMU hang in a plug, and changes others meanwhile. */
async function hang(t: Test): Promise<{ pid: number; plug: Promise<Answer<ProblemBody>> }> {
  const pid = await qemu('vm');
  process.kill(pid, 'SIGSTOP');
  const plug = service.request('POST', '/v1/vms/vm/nics', onBridge(plugged));
  t.match(await service.create('other', [onBridge()]), { status: 201, body: { state: 'running' } });
  t.match(await service.request('DELETE', '/v1/vms/other?force=true'), { status: 204 });
  t.match(await service.request('GET', `/v1/vms/vm/nics/${mac}/enforcement`), {
    body: { status: 'enforced' },
  });
  return { pid, plug };
}

await t.test('a QEMU that hangs holds up no other VM, and its own change goes on when it does', async (t) => {
  const { pid, plug } = await hang(t);
  process.kill(pid, 'SIGCONT');
  t.match(await plug, { status: 201 });
  await whole();
});

await t.test(
  'a VM whose QEMU hangs can be stopped: the change that waits for it is taken back',
  async (t) => {
    t.match(await service.request('DELETE', `/v1/vms/vm/nics/${plugged}?wait=60`), { status: 200 });
    const { plug } = await hang(t);
    t.match(await service.request('POST', '/v1/vms/vm/stop'), { status: 200, body: { state: 'shutoff' } });
    const { status, body } = await plug;
    t.ok([409, 422, 503].includes(status), `${status} ${body.detail}`);
    await whole();
    t.match(await service.request('POST', '/v1/vms/vm/start'), { status: 200, body: { nics: [{ mac }] } });
    await whole();
  },
);

await t.test(
  'QEMU killed in the middle of changes: each is answered, and nothing is left of it',
  async (t) => {
    const guest = await (await Guest.attach(host, 'vm')).ready();
    await guest.flood('eth0', [ethernet({ src: victim, type: 0x88b5 })]);
    const lists = [['vdsm-no-mac-spoofing'], ['no-mac-spoofing', 'no-arp-mac-spoofing']];
    const kills = 4;
    for (const [what, act] of [
      [
        'an update',
        (i: number) => service.request('PATCH', `/v1/vms/vm/nics/${mac}`, { filters: lists[i % 2] }),
      ],
      ['a plug', (i: number) => service.request('POST', '/v1/vms/vm/nics', onBridge(`52:54:00:00:01:0${i}`))],
    ] as const) {
      const started = performance.now();
      t.match(await act(kills), { status: /^20/ }, `${what}, undisturbed`);
      const took = performance.now() - started;
      for (let i = 0; i < kills; i++) {
        const pid = await qemu('vm');
        const cut = act(i);
        await setTimeout((took * (i + 0.5)) / kills);
        process.kill(pid, 'SIGKILL');
        const { status, body } = await cut;
        t.not(status, 500, `${what}: ${status} ${body.detail}`);
        await whole();
        t.match(await service.request('POST', '/v1/vms/vm/start'), {
          status: 200,
          body: { detail: undefined },
        });
        await whole();
      }
    }
    t.equal(
      observer.count((frame) => sourceMac(frame) === victim),
      0,
      'the guest forged frames, and none came through',
    );
    t.match(await service.request('DELETE', '/v1/vms/vm?force=true'), { status: 204 });
    t.strictSame(await host.leftovers(), nothing);
  },
);
