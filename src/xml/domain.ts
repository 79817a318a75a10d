import { type Element, element, elements, find, formatXml, parseXml, textOf } from './tree.js';

/** The namespace of what the service remembers of a VM in the domain's own metadata. */
export const metadataNamespace = 'urn:virtwarden:vm:1';

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
  vcpus: number;
  virtType: string;
  arch?: string;
  machine?: string;
  firmware?: string;
  boot?: { kernel: string; initrd?: string; cmdline?: string };
  disks: DomainDisk[];
  interfaces: DomainInterface[];
  createdAt?: string;
}

/** libvirt's units of memory in bytes; without one it is KiB. */
const bytesPer: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  KB: 1e3,
  k: 2 ** 10,
  KiB: 2 ** 10,
  MB: 1e6,
  M: 2 ** 20,
  MiB: 2 ** 20,
  GB: 1e9,
  G: 2 ** 30,
  GiB: 2 ** 30,
  TB: 1e12,
  T: 2 ** 40,
  TiB: 2 ** 40,
};

function memoryMiB(memory: Element | undefined): number {
  const unit = bytesPer[memory?.attributes.unit ?? 'KiB'] ?? 2 ** 10;
  return Math.round((Number(textOf(memory) ?? 0) * unit) / 2 ** 20);
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

function readMetadata(domain: Element): string | undefined {
  const own = elements(find(domain, 'metadata')).find((child) =>
    Object.entries(child.attributes).some(
      ([key, value]) => key.startsWith('xmlns') && value === metadataNamespace,
    ),
  );
  return textOf(elements(own).find((child) => child.name.endsWith('createdAt')));
}

/** Reads a domain's XML, live or inactive. */
export function readDomain(xml: string): DomainDescription {
  const domain = parseXml(xml);
  const os = find(domain, 'os');
  const osType = find(os, 'type')?.attributes;
  const devices = find(domain, 'devices');
  return defined<DomainDescription>({
    uuid: textOf(find(domain, 'uuid')) ?? '',
    name: textOf(find(domain, 'name')) ?? '',
    description: textOf(find(domain, 'description')),
    memoryMiB: memoryMiB(find(domain, 'memory')),
    vcpus: Number(textOf(find(domain, 'vcpu')) ?? 1),
    virtType: domain.attributes.type ?? '',
    arch: osType?.arch,
    machine: osType?.machine,
    firmware: readFirmware(os),
    boot: readBoot(os),
    disks: elements(devices, 'disk').map(readDisk),
    interfaces: elements(devices, 'interface').map(readInterface),
    createdAt: readMetadata(domain),
  });
}

/**
 * Gives each interface that `filterFor` answers with a name that filter, where it has none; the rest stays as it was.
 * @returns the changed XML, or undefined when nothing was to be changed
 */
export function addFilterrefs(
  xml: string,
  filterFor: (nic: DomainInterface) => string | undefined,
): string | undefined {
  const domain = parseXml(xml);
  let changed = false;
  for (const node of elements(find(domain, 'devices'), 'interface')) {
    const filter = find(node, 'filterref') ? undefined : filterFor(readInterface(node));
    if (filter === undefined) continue;
    node.children.push(element('filterref', { filter }));
    changed = true;
  }
  return changed ? formatXml(domain) : undefined;
}
