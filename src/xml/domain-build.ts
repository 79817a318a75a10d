import { type Element, element, formatXml } from './tree.js';
import { buildRecord, type VmRecord } from './metadata.js';

export interface InterfaceSpec {
  mac: string;
  source: { type: 'bridge'; bridge: string } | { type: 'network'; network: string } | { type: 'ethernet' };
  model: string;
  linkState: 'up' | 'down';
  filter: string | undefined;
}

export type DiskSource = { path: string; format: string } | { pool: string; volume: string; format?: string };

/** Everything that goes into a new domain's XML; all of it checked before. */
export interface DomainSpec {
  uuid: string;
  name: string;
  description: string | undefined;
  memoryMiB: number;
  vcpus: number;
  virtType: string;
  arch: string;
  machine: string;
  emulator: string;
  boot: { kernel: string; initrd?: string; cmdline?: string } | undefined;
  disks: { source: DiskSource; readOnly: boolean }[];
  cdrom: DiskSource | undefined;
  interfaces: InterfaceSpec[];
  record: VmRecord;
}

/** Free PCIe slots for NICs that are plugged while the VM runs: q35 has none of its own. */
const spareSlots = 6;

const isX86 = (arch: string): boolean => arch === 'x86_64' || arch === 'i686';

function buildDisk(
  device: 'disk' | 'cdrom',
  target: string,
  bus: string,
  source: DiskSource,
  readOnly: boolean,
): Element {
  const byPath = 'path' in source;
  return element('disk', { type: byPath ? 'file' : 'volume', device }, [
    element('driver', { name: 'qemu', type: source.format ?? 'raw' }),
    element('source', byPath ? { file: source.path } : { pool: source.pool, volume: source.volume }),
    element('target', { dev: target, bus }),
    readOnly ? element('readonly') : undefined,
  ]);
}

function buildInterface({ mac, source, model, linkState, filter }: InterfaceSpec): Element {
  const { type, ...where } = source;
  return element('interface', { type }, [
    element('mac', { address: mac }),
    type === 'ethernet' ? undefined : element('source', where),
    element('model', { type: model }),
    element('link', { state: linkState }),
    filter === undefined ? undefined : element('filterref', { filter }),
  ]);
}

function buildDevices(spec: DomainSpec): Element {
  const pcie = /^(pc-)?q35|^virt/.test(spec.machine);
  return element('devices', {}, [
    element('emulator', {}, [spec.emulator]),
    ...(pcie ? pcieControllers() : []),
    ...spec.disks.map(({ source, readOnly }, i) =>
      buildDisk('disk', `vd${String.fromCharCode(97 + i)}`, 'virtio', source, readOnly),
    ),
    spec.cdrom && buildDisk('cdrom', 'sda', isX86(spec.arch) ? 'sata' : 'scsi', spec.cdrom, true),
    ...spec.interfaces.map(buildInterface),
    element('serial', { type: 'pty' }),
    element('console', { type: 'pty' }),
    element('channel', { type: 'unix' }, [
      element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
    ]),
    element('rng', { model: 'virtio' }, [element('backend', { model: 'random' }, ['/dev/urandom'])]),
  ]);
}

const pcieControllers = (): Element[] => [
  element('controller', { type: 'pci', index: 0, model: 'pcie-root' }),
  ...Array.from({ length: spareSlots }, () =>
    element('controller', { type: 'pci', model: 'pcie-root-port' }),
  ),
];

function buildOs({ arch, machine, boot, disks, cdrom }: DomainSpec): Element {
  return element('os', {}, [
    element('type', { arch, machine }, ['hvm']),
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
      element('memory', { unit: 'MiB' }, [String(spec.memoryMiB)]),
      element('vcpu', {}, [String(spec.vcpus)]),
      buildOs(spec),
      element('features', {}, [element('acpi'), isX86(spec.arch) ? element('apic') : undefined]),
      element('cpu', { mode: spec.virtType === 'kvm' ? 'host-model' : 'maximum' }),
      element('clock', { offset: 'utc' }),
      buildDevices(spec),
    ]),
  );
}
