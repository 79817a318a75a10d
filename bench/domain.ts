/** A VM that is only defined: what tells it from the others. */
export interface DefinedVm {
  name: string;
  uuid: string;
}

/** What its two NICs have, in order. */
export const nicFilters = ['clean-traffic', 'no-mac-spoofing'];

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

export const definedVm = (index: number): DefinedVm => ({
  name: `vm-${index}`,
  uuid: `7a3f0c5e-5d1b-4c8e-9f00-${hex(index, 12)}`,
});

const nicXml = (vm: number, nic: number): string => `<interface type='bridge'>
      <mac address='52:54:00:${hex(vm >> 8, 2)}:${hex(vm & 255, 2)}:${hex(nic, 2)}'/>
      <source bridge='br0'/>
      <model type='virtio'/>
      <filterref filter='${nicFilters[nic]}'><parameter name='IP' value='10.${nic}.${vm >> 8}.${vm & 255}'/></filterref>
    </interface>`;

/** The XML of a usual VM: with what libvirt adds to it, such as addresses, it has about 4.7 kB. */
export function domainXml(index: number): string {
  const { name, uuid } = definedVm(index);
  return `<domain type='qemu'>
  <name>${name}</name>
  <uuid>${uuid}</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>
  <features><acpi/><apic/></features>
  <cpu mode='host-model'/>
  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/></clock>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/var/lib/libvirt/images/${name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    ${nicFilters.map((_, nic) => nicXml(index, nic)).join('\n    ')}
    <console type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc' port='-1' autoport='yes'/>
    <video><model type='virtio'/></video>
  </devices>
</domain>`;
}
