import { byText } from './by-text.js';
import { hasRecord, readRecord, type VmRecord } from './metadata.js';
import { type Element, elements, find, parseXml, textOf } from './tree.js';
import { memoryMiB } from './units.js';

/** A network interface as the domain's XML names it. */
export interface DomainInterface {
  mac: string;
  type: string;
  bridge?: string;
  network?: string;
  /** The kind of its virtual port: openvswitch, 802.1Qbh … */
  virtualport?: string;
  model?: string;
  target?: string;
  linkState: 'up' | 'down';
  filter?: string;
  filterParameters: { name: string; value: string }[];
}

export interface DomainDisk {
  device: string;
  target?: string;
  bus?: string;
  format?: string;
  path?: string;
  pool?: string;
  volume?: string;
  readOnly: boolean;
}

/** What the service reads of a domain's XML. */
export interface DomainDescription {
  uuid: string;
  name: string;
  description?: string;
  memoryMiB: number;
  /** What memory and processors can grow to without a restart. */
  maxMemoryMiB: number;
  vcpus: number;
  maxVcpus: number;
  virtType: string;
  arch?: string;
  machine?: string;
  firmware?: string;
  boot?: { kernel: string; initrd?: string; cmdline?: string };
  disks: DomainDisk[];
  interfaces: DomainInterface[];
  record: VmRecord;
  /** Whether the service has a record of it: false for a VM from elsewhere. */
  known: boolean;
}

/** Drops the members that are undefined, so that what is absent is absent. */
function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

export function readInterface(node: Element): DomainInterface {
  const source = find(node, 'source')?.attributes;
  const filterref = find(node, 'filterref');
  const type = node.attributes.type ?? '';
  return defined<DomainInterface>({
    mac: find(node, 'mac')?.attributes.address ?? '',
    type,
    // a live interface on a network also names the network's bridge: the network is what was asked for
    bridge: type === 'bridge' ? source?.bridge : undefined,
    network: source?.network,
    virtualport: find(node, 'virtualport')?.attributes.type,
    model: find(node, 'model')?.attributes.type,
    target: find(node, 'target')?.attributes.dev,
    linkState: find(node, 'link')?.attributes.state === 'down' ? 'down' : 'up',
    filter: filterref?.attributes.filter,
    filterParameters: elements(filterref, 'parameter').map(({ attributes }) => ({
      name: attributes.name ?? '',
      value: attributes.value ?? '',
    })),
  });
}

function readDisk(node: Element): DomainDisk {
  const source = find(node, 'source')?.attributes ?? {};
  const target = find(node, 'target')?.attributes;
  return defined<DomainDisk>({
    device: node.attributes.device ?? 'disk',
    target: target?.dev,
    bus: target?.bus,
    format: find(node, 'driver')?.attributes.type,
    path: source.file ?? source.dev,
    pool: source.pool,
    volume: source.volume,
    readOnly: find(node, 'readonly') !== undefined,
  });
}

function readBoot(os: Element | undefined): DomainDescription['boot'] {
  const kernel = textOf(find(os, 'kernel'));
  if (kernel === undefined) return undefined;
  return defined<NonNullable<DomainDescription['boot']>>({
    kernel,
    initrd: textOf(find(os, 'initrd')),
    cmdline: textOf(find(os, 'cmdline')),
  });
}

function readFirmware(os: Element | undefined): string | undefined {
  const loader = find(os, 'loader');
  return os?.attributes.firmware ?? (loader?.attributes.type === 'pflash' ? 'efi' : 'bios');
}

/** Reads a domain's XML, live or inactive. */
export const readDomain = byText((xml): DomainDescription => {
  const domain = parseXml(xml);
  const os = find(domain, 'os');
  const osType = find(os, 'type')?.attributes;
  const vcpu = find(domain, 'vcpu');
  const devices = find(domain, 'devices');
  return defined<DomainDescription>({
    uuid: textOf(find(domain, 'uuid')) ?? '',
    name: textOf(find(domain, 'name')) ?? '',
    description: textOf(find(domain, 'description')),
    memoryMiB: memoryMiB(find(domain, 'currentMemory') ?? find(domain, 'memory')),
    maxMemoryMiB: memoryMiB(find(domain, 'memory')),
    vcpus: Number(vcpu?.attributes.current ?? textOf(vcpu) ?? 1),
    maxVcpus: Number(textOf(vcpu) ?? 1),
    virtType: domain.attributes.type ?? '',
    arch: osType?.arch,
    machine: osType?.machine,
    firmware: readFirmware(os),
    boot: readBoot(os),
    disks: elements(devices, 'disk').map(readDisk),
    interfaces: elements(devices, 'interface').map(readInterface),
    record: readRecord(domain),
    known: hasRecord(domain),
  });
});
