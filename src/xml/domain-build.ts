import { buildCdroms, buildDisks, type DiskSource, type DiskSpec } from './disk.js';
import { buildInterface, type InterfaceSpec } from './interface-build.js';
import { type Element, element, formatXml } from './tree.js';
import { buildRecord, type VmRecord } from './metadata.js';

/** Everything that goes into a new domain's XML; all of it checked before. */
export interface DomainSpec {
  uuid: string;
  name: string;
  description: string | undefined;
  memoryMiB: number;
  /** What memory and processors can grow to while the VM runs. */
  maxMemoryMiB: number;
  vcpus: number;
  maxVcpus: number;
  virtType: string;
  arch: string;
  machine: string;
  emulator: string;
  firmware: 'bios' | 'efi';
  boot: { kernel: string; initrd?: string; cmdline?: string } | undefined;
  disks: DiskSpec[];
  cdrom: DiskSource | undefined;
  /** The path of the cloud-init seed. */
  seed: string | undefined;
  interfaces: InterfaceSpec[];
  record: VmRecord;
}

/** Free PCIe slots for NICs that are plugged while the VM runs: q35 has none of its own. */
const spareSlots = 6;
/** Slots of what every VM has: serial bus, random numbers, balloon, USB. */
const fixedSlots = 4;

const isX86 = (arch: string): boolean => arch === 'x86_64' || arch === 'i686';

function buildDevices(spec: DomainSpec): Element {
  const pcie = /^(pc-)?q35|^virt/.test(spec.machine);
  return element('devices', {}, [
    element('emulator', {}, [spec.emulator]),
    ...(pcie ? pcieControllers(fixedSlots + spec.disks.length + spec.interfaces.length + spareSlots) : []),
    ...buildDisks(spec.disks),
    ...buildCdroms([
      ...(spec.cdrom ? [spec.cdrom] : []),
      ...(spec.seed === undefined ? [] : [{ path: spec.seed, format: 'raw' }]),
    ]),
    ...spec.interfaces.map(buildInterface),
    element('serial', { type: 'pty' }),
    element('console', { type: 'pty' }),
    element('channel', { type: 'unix' }, [
      element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
    ]),
    element('rng', { model: 'virtio' }, [element('backend', { model: 'random' }, ['/dev/urandom'])]),
  ]);
}

const pcieControllers = (slots: number): Element[] => [
  element('controller', { type: 'pci', index: 0, model: 'pcie-root' }),
  ...Array.from({ length: slots }, () => element('controller', { type: 'pci', model: 'pcie-root-port' })),
];

/** Images that nobody signed are to boot too: libvirt's own choice might be a firmware with Secure Boot. */
const noSecureBoot = (): Element =>
  element('firmware', {}, [element('feature', { enabled: 'no', name: 'secure-boot' })]);

function buildOs({ arch, machine, firmware, boot, disks, cdrom }: DomainSpec): Element {
  const efi = firmware === 'efi';
  return element('os', { firmware: efi ? 'efi' : undefined }, [
    element('type', { arch, machine }, ['hvm']),
    efi ? noSecureBoot() : undefined,
    boot && element('kernel', {}, [boot.kernel]),
    boot?.initrd === undefined ? undefined : element('initrd', {}, [boot.initrd]),
    boot?.cmdline === undefined ? undefined : element('cmdline', {}, [boot.cmdline]),
    ...(cdrom ? [element('boot', { dev: 'cdrom' })] : []),
    ...(disks.length > 0 ? [element('boot', { dev: 'hd' })] : []),
  ]);
}

/** The XML of a new domain. ACPI is on: without it no NIC can be plugged into a running VM. */
export function buildDomain(spec: DomainSpec): string {
  return formatXml(
    element('domain', { type: spec.virtType }, [
      element('name', {}, [spec.name]),
      element('uuid', {}, [spec.uuid]),
      spec.description === undefined ? undefined : element('description', {}, [spec.description]),
      element('metadata', {}, [buildRecord(spec.record)]),
      element('memory', { unit: 'MiB' }, [String(spec.maxMemoryMiB)]),
      element('currentMemory', { unit: 'MiB' }, [String(spec.memoryMiB)]),
      element('vcpu', { current: spec.vcpus }, [String(spec.maxVcpus)]),
      buildOs(spec),
      element('features', {}, [element('acpi'), isX86(spec.arch) ? element('apic') : undefined]),
      element('cpu', { mode: spec.virtType === 'kvm' ? 'host-model' : 'maximum' }),
      element('clock', { offset: 'utc' }),
      buildDevices(spec),
    ]),
  );
}
