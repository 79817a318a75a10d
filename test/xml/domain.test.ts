import t from 'tap';
import { readDomain } from '../../src/xml/domain.js';

/** A running domain as libvirt tells it. */
const live = `<domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <description>Tom &amp; Jerry&apos;s</description>
  <metadata>
    <other:vm xmlns:other="urn:other"><other:createdAt>never</other:createdAt></other:vm>
    <vw:vm xmlns:vw="urn:virtwarden:vm:1"><vw:createdAt>2024-05-06T07:08:09.000Z</vw:createdAt></vw:vm>
  </metadata>
  <memory unit='KiB'>524288</memory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <kernel>/boot/vmlinuz</kernel>
    <initrd>/boot/initrd</initrd>
    <cmdline>console=ttyS0 a=&quot;b&quot;</cmdline>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/images/a.qcow2' index='1'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='volume' device='cdrom'>
      <source pool='default' volume='cd.iso'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <disk type='block' device='disk'>
      <source dev='/dev/sdb'/>
      <target dev='vdb' bus='virtio'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='br0'/>
      <target dev='vnet0'/>
      <model type='virtio'/>
      <filterref filter='clean-traffic'><parameter name='IP' value='10.0.0.1'/></filterref>
      <link state='down'/>
    </interface>
    <interface type='network'>
      <mac address='52:54:00:00:00:02'/>
      <source network='default' portid='1' bridge='virbr0'/>
      <target dev='vnet1'/>
      <model type='e1000'/>
    </interface>
    <interface type='user'><mac address='52:54:00:00:00:03'/></interface>
  </devices>
  <seclabel type='dynamic' model='dac'><label>+64055:+994</label></seclabel>
  <qemu:commandline><qemu:arg value='-a &lt;b&gt;'/></qemu:commandline>
</domain>`;

await t.test('what a domain is', (t) => {
  t.match(readDomain(live), {
    uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
    name: 'web',
    description: "Tom & Jerry's",
    memoryMiB: 512,
    vcpus: 2,
    virtType: 'kvm',
    arch: 'x86_64',
    machine: 'pc-q35-7.2',
    firmware: 'bios',
    boot: { kernel: '/boot/vmlinuz', initrd: '/boot/initrd', cmdline: 'console=ttyS0 a="b"' },
    record: { createdAt: '2024-05-06T07:08:09.000Z' },
  });
  t.end();
});

await t.test('its disks', (t) => {
  t.strictSame(readDomain(live).disks, [
    {
      device: 'disk',
      target: 'vda',
      bus: 'virtio',
      format: 'qcow2',
      path: '/images/a.qcow2',
      readOnly: false,
    },
    { device: 'cdrom', target: 'sda', bus: 'sata', pool: 'default', volume: 'cd.iso', readOnly: true },
    { device: 'disk', target: 'vdb', bus: 'virtio', path: '/dev/sdb', readOnly: false },
  ]);
  t.end();
});

await t.test('its NICs: one on a network is not also on the network’s bridge', (t) => {
  t.strictSame(readDomain(live).interfaces, [
    {
      mac: '52:54:00:00:00:01',
      type: 'bridge',
      bridge: 'br0',
      model: 'virtio',
      target: 'vnet0',
      linkState: 'down',
      filter: 'clean-traffic',
      filterParameters: [{ name: 'IP', value: '10.0.0.1' }],
    },
    {
      mac: '52:54:00:00:00:02',
      type: 'network',
      network: 'default',
      model: 'e1000',
      target: 'vnet1',
      linkState: 'up',
      filterParameters: [],
    },
    { mac: '52:54:00:00:00:03', type: 'user', linkState: 'up', filterParameters: [] },
  ]);
  t.end();
});

await t.test('a domain with next to nothing', (t) => {
  t.strictSame(readDomain(`<domain type='test'><name>n</name><uuid>u</uuid></domain>`), {
    uuid: 'u',
    name: 'n',
    memoryMiB: 0,
    maxMemoryMiB: 0,
    vcpus: 1,
    maxVcpus: 1,
    virtType: 'test',
    firmware: 'bios',
    disks: [],
    interfaces: [],
    record: { nics: [], volumes: [] },
    known: false,
  });
  t.end();
});

const memories: [xml: string, memoryMiB: number][] = [
  ['<memory>1048576</memory>', 1024],
  [`<memory unit='KiB'>2048</memory>`, 2],
  [`<memory unit='k'>2048</memory>`, 2],
  [`<memory unit='MiB'>64</memory>`, 64],
  [`<memory unit='M'>64</memory>`, 64],
  [`<memory unit='G'>2</memory>`, 2048],
  [`<memory unit='TiB'>1</memory>`, 1048576],
  [`<memory unit='bytes'>1048576</memory>`, 1],
  [`<memory unit='MB'>1000</memory>`, 954],
];
for (const [xml, expected] of memories) {
  t.equal(readDomain(`<domain>${xml}</domain>`).memoryMiB, expected, `${xml} is ${expected} MiB`);
}

const firmwares: [os: string, firmware: string][] = [
  [`<os firmware='efi'/>`, 'efi'],
  [`<os><loader type='pflash'>/usr/share/OVMF.fd</loader></os>`, 'efi'],
  [`<os firmware='bios'><loader type='rom'>/x</loader></os>`, 'bios'],
  [`<os><type>hvm</type></os>`, 'bios'],
];
for (const [os, firmware] of firmwares) {
  t.equal(readDomain(`<domain>${os}</domain>`).firmware, firmware, `${os} is ${firmware}`);
}
