import t, { type Test } from 'tap';
import { Guest, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';
import { notWhole, untilWhole } from './whole.js';

// What a libvirtd leaves that is killed while it plugs a NIC in: QEMU has it, or the host's end of it, and libvirt does not know.
// The moment takes a millisecond and is not hit at will, so QEMU is told here what libvirtd had told it.

const mac = '52:54:00:00:00:02';
const tap = 'vnet50';
const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host);
const { body } = await service.create('vm', [onBridge()]);
await (await Guest.attach(host, 'vm')).ready();
using events = await service.events();

const qmp = (execute: string, args: object): Promise<string> =>
  host.virsh('qemu-monitor-command', 'vm', JSON.stringify({ execute, arguments: args }));
const netdev = { type: 'tap', id: 'hostnet1', ifname: tap, script: 'no', downscript: 'no' };
const device = { driver: 'virtio-net-pci', id: 'net1', netdev: 'hostnet1', mac, bus: 'pci.4' };

/** Makes a tap on the bridge with a filter of the VM's, as libvirtd does first of all. */
async function bindTap(): Promise<void> {
  await host.run('ip', ['tuntap', 'add', tap, 'mode', 'tap']);
  await host.run('ip', ['link', 'set', tap, 'master', 'br0', 'up']);
  const owner = `<owner><name>vm</name><uuid>${body.uuid}</uuid></owner>`;
  await host.virshXml(
    `<filterbinding>${owner}<portdev name='${tap}'/><mac address='${mac}'/><filterref filter='no-mac-spoofing'/></filterbinding>`,
    'nwfilter-binding-create',
    '@',
  );
}

async function mended(t: Test): Promise<void> {
  t.match((await notWhole(host, service)).join('\n'), new RegExp(`tap ${tap} .* has it open`));
  await untilWhole(host, service, events, (wrong) => t.comment(wrong));
  t.notOk((await host.taps()).includes(tap));
}

await t.test(
  'the host’s end of a NIC that libvirt has forgotten: the next NIC has its name again',
  async (t) => {
    await bindTap();
    t.notMatch(await qmp('netdev_add', netdev), /error/);
    await mended(t);
    t.match(await service.request('POST', '/v1/vms/vm/nics', onBridge(mac)), { status: 201 });
    t.match(await service.request('DELETE', `/v1/vms/vm/nics/${mac}?wait=30`), { status: 200 });
  },
);

await t.test(
  'a NIC that the guest has, and libvirt has forgotten: it is joined to nothing any more',
  async (t) => {
    await bindTap();
    t.notMatch(await qmp('netdev_add', netdev), /error/);
    t.notMatch(await qmp('device_add', device), /error/);
    await mended(t);
  },
);
