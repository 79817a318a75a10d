import t from 'tap';
import { startHost } from '../hosts/index.js';
import { isHeld, letGo } from './held-start.js';
import { onBridge, Service } from '../integration/service.js';
import { untilWhole } from '../integration/whole.js';

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const events = await service.events();
t.teardown(() => events[Symbol.dispose]());
const held = /libvirt holds the VM vm in a start .* remove \/run\/libvirt\/qemu\/vm\.xml/;

/**
 * As libvirtd leaves its file of a VM when it is killed between reserving it and running its QEMU: a moment too short to be
 * hit at will.
 */
async function cutStart(): Promise<void> {
  await host.libvirtd.kill('SIGKILL');
  await host.run('sh', ['-c', 'kill -KILL $(cat /run/libvirt/qemu/vm.pid) && rm /run/libvirt/qemu/vm.pid']);
  const edits = [
    "s/<domstatus .*>/<domstatus state='paused' reason='starting up' pid='0'>/",
    "s/<\\/qemuCaps>/&<job type='none' async='start' phase='none' flags='0x0'\\/>/",
  ];
  await host.run('sed', ['-i', ...edits.flatMap((edit) => ['-e', edit]), '/run/libvirt/qemu/vm.xml']);
  const seen = service.logLength;
  await host.libvirtd.start();
  await service.logged('connected to libvirt', seen);
}

await t.test(
  'a VM that libvirt holds in a start which was cut off: what is said, and that it helps',
  async (t) => {
    await service.create('vm', [onBridge()]);
    await cutStart();
    t.ok(await isHeld(host, 'vm'));
    t.match(await service.request('POST', '/v1/vms/vm/stop'), {
      status: 504,
      body: { type: '/problems/libvirt-timeout', detail: held },
    });
    await letGo(host, service, 'vm');
    await untilWhole(host, service, events, (wrong) => t.comment(wrong));
    t.match(await service.request('POST', '/v1/vms/vm/start'), { status: 200 });
    t.match(await service.request('GET', '/v1/enforcement'), {
      body: { counts: { enforced: 1 }, findings: [] },
    });
    await service.request('DELETE', '/v1/vms/vm?force=true');
    t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
  },
);
