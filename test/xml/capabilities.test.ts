import t from 'tap';
import { hostArch, qemuGroup, readDomainCapabilities, virtTypesOf } from '../../src/xml/capabilities.js';

const capabilities = `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path>
  <domain>kvm</domain>
  <machine>pc-q35-7.2</machine>
  <arch>x86_64</arch>
  <vcpu max='288'/>
  <os supported='yes'>
    <enum name='firmware'><value>bios</value><value>efi</value></enum>
    <loader supported='yes'><value>/usr/share/OVMF/OVMF_CODE.fd</value></loader>
  </os>
</domainCapabilities>`;

t.strictSame(readDomainCapabilities(capabilities), {
  virtType: 'kvm',
  arch: 'x86_64',
  machine: 'pc-q35-7.2',
  emulator: '/usr/bin/qemu-system-x86_64',
  firmwares: ['bios', 'efi'],
});
t.strictSame(readDomainCapabilities(capabilities.replace(/<os[^]*os>/, '')).firmwares, []);
for (const part of ['path', 'domain', 'machine', 'arch']) {
  const without = capabilities.replace(new RegExp(`<${part}>.*</${part}>`), '');
  t.throws(() => readDomainCapabilities(without), { message: new RegExp(part) }, `without ${part}`);
}
t.equal(hostArch('<capabilities><host><cpu><arch>riscv64</arch></cpu></host></capabilities>'), 'riscv64');
t.equal(hostArch('<capabilities/>'), undefined);
const dac = '<model>dac</model><doi>0</doi>';
const labels = `<baselabel type='kvm'>+64055:+64056</baselabel><baselabel type='qemu'>+64055:+64056</baselabel>`;
const host = (model: string) =>
  `<capabilities><host><secmodel><model>none</model></secmodel>${model}</host></capabilities>`;
t.equal(qemuGroup(host(`<secmodel>${dac}${labels}</secmodel>`)), 64056);
t.equal(qemuGroup(host('')), undefined, 'QEMU runs as libvirt does');
const guest = (arch: string, types: string[]) =>
  `<guest><arch name='${arch}'>${types.map((type) => `<domain type='${type}'/>`).join('')}</arch></guest>`;
const guests = guest('i686', ['xen']) + guest('x86_64', ['qemu', 'kvm']);
t.strictSame(
  virtTypesOf(`<capabilities><host><cpu><arch>x86_64</arch></cpu></host>${guests}</capabilities>`),
  ['qemu', 'kvm'],
  'of its own architecture',
);
