import t from 'tap';
import { hostArch, readDomainCapabilities } from '../../src/xml/capabilities.js';

const capabilities = `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path>
  <domain>kvm</domain>
  <machine>pc-q35-7.2</machine>
  <arch>x86_64</arch>
  <vcpu max='288'/>
</domainCapabilities>`;

t.strictSame(readDomainCapabilities(capabilities), {
  virtType: 'kvm',
  arch: 'x86_64',
  machine: 'pc-q35-7.2',
  emulator: '/usr/bin/qemu-system-x86_64',
});
for (const part of ['path', 'domain', 'machine', 'arch']) {
  const without = capabilities.replace(new RegExp(`<${part}>.*</${part}>`), '');
  t.throws(() => readDomainCapabilities(without), { message: new RegExp(part) }, `without ${part}`);
}
t.equal(hostArch('<capabilities><host><cpu><arch>riscv64</arch></cpu></host></capabilities>'), 'riscv64');
t.equal(hostArch('<capabilities/>'), undefined);
