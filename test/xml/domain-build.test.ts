import { Connection, VIR_DOMAIN_DEFINE_VALIDATE, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import t from 'tap';
import { buildDomain, type DomainSpec } from '../../src/xml/domain-build.js';
import type { InterfaceSpec } from '../../src/xml/interface-build.js';
import { readDomain } from '../../src/xml/domain.js';
import { elements, find, parseXml } from '../../src/xml/tree.js';

const nic: InterfaceSpec = {
  mac: '52:54:00:aa:bb:01',
  source: { type: 'network', network: 'default' },
  model: 'virtio',
  linkState: 'down',
  filter: 'vdsm-no-mac-spoofing',
  filterParameters: [],
};

/** A platform that the test driver can define. */
const spec: DomainSpec = {
  uuid: '11111111-1111-4111-8111-111111111111',
  name: 'built',
  description: `<b> & 'c' "d"`,
  memoryMiB: 64,
  maxMemoryMiB: 128,
  vcpus: 2,
  maxVcpus: 4,
  virtType: 'test',
  arch: 'i686',
  machine: 'q35',
  emulator: '/usr/bin/test-hv',
  firmware: 'bios',
  boot: { kernel: '/images/k', initrd: '/images/i', cmdline: `a=</domain> b="&"` },
  disks: [
    { source: { path: `/images/it's "a" <b>`, format: 'qcow2' }, readOnly: true },
    { source: { pool: 'p', volume: 'v', format: 'raw' }, readOnly: false },
  ],
  cdrom: { path: '/images/cd.iso', format: 'raw' },
  seed: '/images/seed.iso',
  interfaces: [nic, { ...nic, mac: '52:54:00:aa:bb:02', source: { type: 'bridge', bridge: 'br0' } }],
  record: { createdAt: '2024-05-06T07:08:09.000Z', nics: [], volumes: [] },
};

await t.test('libvirt finds it valid, and what it makes of it is what was meant', async (t) => {
  await using connection = await Connection.open('test:///default');
  await using domain = await connection.domainDefineXMLFlags(buildDomain(spec), VIR_DOMAIN_DEFINE_VALIDATE);
  t.match(readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)), {
    uuid: spec.uuid,
    name: spec.name,
    description: spec.description,
    memoryMiB: 64,
    maxMemoryMiB: 128,
    vcpus: 2,
    maxVcpus: 4,
    firmware: 'bios',
    arch: 'i686',
    machine: 'q35',
    boot: spec.boot,
    disks: [
      { device: 'disk', target: 'vda', format: 'qcow2', path: `/images/it's "a" <b>`, readOnly: true },
      { device: 'disk', target: 'vdb', format: 'raw', pool: 'p', volume: 'v', readOnly: false },
      { device: 'cdrom', target: 'sda', format: 'raw', path: '/images/cd.iso', readOnly: true },
      { device: 'cdrom', target: 'sdb', format: 'raw', path: '/images/seed.iso', readOnly: true },
    ],
    interfaces: [
      { mac: nic.mac, type: 'network', network: 'default', linkState: 'down', filter: nic.filter },
      { mac: '52:54:00:aa:bb:02', type: 'bridge', bridge: 'br0', filter: nic.filter },
    ],
    record: spec.record,
  });
  await domain.undefine();
});

await t.test('a filter stands in each interface that is to have one', (t) => {
  const filters = (interfaces: InterfaceSpec[]): (string | undefined)[] =>
    readDomain(buildDomain({ ...spec, interfaces })).interfaces.map(({ filter }) => filter);
  const ethernet: InterfaceSpec = { ...nic, source: { type: 'ethernet' } };
  t.strictSame(filters([nic, ethernet, { ...nic, filter: undefined }]), [nic.filter, nic.filter, undefined]);
  t.end();
});

await t.test('an ethernet interface has no source', (t) => {
  const xml = buildDomain({ ...spec, interfaces: [{ ...nic, source: { type: 'ethernet' } }] });
  const built = find(parseXml(xml), 'devices', 'interface');
  t.equal(built?.attributes.type, 'ethernet');
  t.equal(find(built, 'source'), undefined);
  t.end();
});

await t.test('sixteen disks have sixteen places', (t) => {
  const disks = Array.from({ length: 16 }, (_, i) => ({
    source: { path: `/d${i}`, format: 'raw' },
    readOnly: false,
  }));
  const targets = readDomain(buildDomain({ ...spec, disks })).disks.map(({ target }) => target);
  t.equal(new Set(targets).size, 18, 'with the CD-ROM and the seed');
  t.match(targets, ['vda', 'vdb']);
  t.equal(targets[15], 'vdp');
  t.end();
});

const os = (change: Partial<DomainSpec>) => find(parseXml(buildDomain({ ...spec, ...change })), 'os');
const bootOrder = (change: Partial<DomainSpec>): (string | undefined)[] =>
  elements(os(change), 'boot').map(({ attributes }) => attributes.dev);

await t.test('the CD-ROM comes before the disks', (t) => {
  t.strictSame(bootOrder({}), ['cdrom', 'hd']);
  t.strictSame(bootOrder({ cdrom: undefined }), ['hd']);
  t.strictSame(bootOrder({ cdrom: undefined, disks: [] }), []);
  t.end();
});

await t.test('a seed is no medium to boot from, and is the first CD-ROM where there is no other', (t) => {
  t.strictSame(bootOrder({ cdrom: undefined, disks: [] }), []);
  const { disks } = readDomain(buildDomain({ ...spec, cdrom: undefined, disks: [] }));
  t.match(disks, [{ device: 'cdrom', target: 'sda', bus: 'scsi', path: '/images/seed.iso' }]);
  t.strictSame(readDomain(buildDomain({ ...spec, cdrom: undefined, seed: undefined, disks: [] })).disks, []);
  t.end();
});

await t.test('UEFI is libvirt’s to choose, but for Secure Boot', (t) => {
  const built = os({ firmware: 'efi' });
  t.equal(built?.attributes.firmware, 'efi');
  t.strictSame(find(built, 'firmware', 'feature')?.attributes, { enabled: 'no', name: 'secure-boot' });
  t.equal(readDomain(buildDomain({ ...spec, firmware: 'efi' })).firmware, 'efi');
  t.equal(os({})?.attributes.firmware, undefined);
  t.end();
});

await t.test('without a kernel none is named', (t) => {
  t.equal(find(os({ boot: undefined }), 'kernel'), undefined);
  t.strictSame(readDomain(buildDomain({ ...spec, boot: { kernel: '/k' } })).boot, { kernel: '/k' });
  t.end();
});

/** NICs can be plugged into a running VM only where there is a free slot. */
const platforms: [arch: string, machine: string, hasPorts: boolean, hasApic: boolean][] = [
  ['x86_64', 'q35', true, true],
  ['x86_64', 'pc-q35-7.2', true, true],
  ['x86_64', 'pc-i440fx-7.2', false, true],
  ['aarch64', 'virt-7.2', true, false],
];
for (const [arch, machine, hasPorts, hasApic] of platforms) {
  await t.test(`${arch} ${machine}`, (t) => {
    const domain = parseXml(buildDomain({ ...spec, arch, machine }));
    const ports = elements(find(domain, 'devices'), 'controller').filter(
      ({ attributes }) => attributes.model === 'pcie-root-port',
    );
    t.equal(ports.length > 0, hasPorts, 'spare PCIe ports');
    t.ok(find(domain, 'features', 'acpi'), 'ACPI');
    t.equal(find(domain, 'features', 'apic') !== undefined, hasApic, 'APIC');
    t.end();
  });
}
