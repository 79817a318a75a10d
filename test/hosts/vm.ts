import type { TestHost } from './host.js';
import { guestImage } from './image.js';

export interface NicSpec {
  /** 'br0' unless told. */
  bridge?: string;
  mac: string;
  /** The nwfilter; none unless told. */
  filter?: string;
  /** Its parameters, in order; a name may be repeated. */
  parameters?: [name: string, value: string][];
}

export interface VmSpec {
  name: string;
  nics?: NicSpec[];
  memoryMiB?: number;
  /** Appended to the kernel's command line. */
  cmdline?: string;
  /** Started as well (unless false), or started paused. */
  start?: boolean | 'paused';
}

/** The least memory with which the guest works reliably, and some to spare. */
export const guestMemoryMiB = 96;

/** An interface as libvirt wants it, for a VM or for virsh attach-device. */
export function nicXml({ bridge = 'br0', mac, filter, parameters = [] }: NicSpec): string {
  const values = parameters.map(([name, value]) => `<parameter name='${name}' value='${value}'/>`).join('');
  const filterref = filter ? `<filterref filter='${filter}'>${values}</filterref>` : '';
  return `<interface type='bridge'><mac address='${mac}'/><source bridge='${bridge}'/><model type='virtio'/>${filterref}</interface>`;
}

/** The domain XML of a guest, with a serial pty and room for hot plug. */
export async function vmXml({
  name,
  nics = [],
  memoryMiB = guestMemoryMiB,
  cmdline = '',
}: VmSpec): Promise<string> {
  const image = await guestImage();
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>${image.kernel}</kernel>
    <initrd>${image.initrd}</initrd>
    <cmdline>${image.cmdline} ${cmdline}</cmdline>
  </os>
  <features><acpi/></features>
  <on_reboot>destroy</on_reboot>
  <devices>
    <controller type='usb' model='none'/>
    <controller type='pci' index='0' model='pcie-root'/>
    ${"<controller type='pci' model='pcie-root-port'/>".repeat(6)}
    ${nics.map(nicXml).join('\n    ')}
    <serial type='pty'/>
    <memballoon model='none'/>
  </devices>
</domain>`;
}

/** Defines the VM and starts it as asked; gives its name. */
export async function defineVm(host: TestHost, spec: VmSpec): Promise<string> {
  const xml = await vmXml(spec);
  await host.virshXml(xml, 'define', '@');
  const { start = true } = spec;
  if (start) await host.virsh('start', spec.name, ...(start === 'paused' ? ['--paused'] : []));
  return spec.name;
}
