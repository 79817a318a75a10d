import type { FilterParameter } from './interface.js';
import { type Element, element, elements, find, textOf } from './tree.js';

/** The namespace of what the service remembers of a VM in the domain's own metadata. */
export const metadataNamespace = 'urn:virtwarden:vm:1';
/** The prefix under which libvirt writes it. */
export const metadataPrefix = 'virtwarden';

/** Why a NIC may do without a filter, and until when (RFC 3339). */
export interface Trust {
  reason: string;
  expiresAt?: string;
}

/** What was asked for a NIC; one without a record has the policy's default. */
export interface NicRecord {
  mac: string;
  /** The filters that were named; empty: none, on purpose. */
  filters: string[];
  trust?: Trust;
  /** With trust: what it gets back when that ends. */
  before?: FiltersBefore;
}

/** What a NIC had before it was trusted. */
export interface FiltersBefore {
  /** The filters that were named; empty: the policy's. */
  filters: string[];
  parameters: FilterParameter[];
}

/** A volume that was made for the VM, and goes with it when asked. */
export interface VolumeRecord {
  pool: string;
  volume: string;
}

/**
 * All that the service remembers of a VM. It lies in the domain's definition, so that a restart or a reinstall of the
 * service loses nothing. A VM from elsewhere has none of it.
 */
export interface VmRecord {
  createdAt?: string;
  /** "major.minor"; absent: the cluster's. */
  compatibilityVersion?: string;
  nics: NicRecord[];
  volumes: VolumeRecord[];
}

export const emptyRecord = (): VmRecord => ({ nics: [], volumes: [] });

/** The name without its namespace's prefix. */
const localName = ({ name }: Element): string => name.slice(name.indexOf(':') + 1);
const locals = (parent: Element | undefined, name: string): Element[] =>
  elements(parent).filter((child) => localName(child) === name);

function isOwn(child: Element): boolean {
  return Object.entries(child.attributes).some(
    ([key, value]) => key.startsWith('xmlns') && value === metadataNamespace,
  );
}

const filterNames = (node: Element): string[] =>
  locals(node, 'filter').map(({ attributes }) => attributes.name ?? '');

const readBefore = (node: Element): FiltersBefore => ({
  filters: filterNames(node),
  parameters: locals(node, 'parameter').map(({ attributes: { name = '', value = '' } }) => ({ name, value })),
});

function readNic(node: Element): NicRecord {
  const trust = locals(node, 'trust')[0]?.attributes;
  const before = locals(node, 'before')[0];
  return {
    mac: node.attributes.mac ?? '',
    filters: filterNames(node),
    ...(trust && {
      trust: {
        reason: trust.reason ?? '',
        ...(trust.expiresAt !== undefined && { expiresAt: trust.expiresAt }),
      },
    }),
    ...(before && { before: readBefore(before) }),
  };
}

/** Whether the service has a record of this VM; those from elsewhere have none. */
export const hasRecord = (domain: Element): boolean => elements(find(domain, 'metadata')).some(isOwn);

/** Puts the record into a domain's XML, in place of the one that it has. */
export function setRecord(domain: Element, record: VmRecord): void {
  let metadata = find(domain, 'metadata');
  if (!metadata) {
    metadata = element('metadata');
    domain.children.push(metadata);
  }
  const others = metadata.children.filter((child) => typeof child === 'string' || !isOwn(child));
  metadata.children = [...others, buildRecord(record)];
}

/** Reads what is remembered of a VM from its `<domain>` element. */
export function readRecord(domain: Element): VmRecord {
  const own = elements(find(domain, 'metadata')).find(isOwn);
  const createdAt = textOf(locals(own, 'createdAt')[0]);
  const compatibilityVersion = textOf(locals(own, 'compatibilityVersion')[0]);
  return {
    ...(createdAt !== undefined && { createdAt }),
    ...(compatibilityVersion !== undefined && { compatibilityVersion }),
    nics: locals(own, 'nic').map(readNic),
    volumes: locals(own, 'volume').map(({ attributes }) => ({
      pool: attributes.pool ?? '',
      volume: attributes.name ?? '',
    })),
  };
}

const prefixed = (name: string, attributes = {}, children: (Element | string | undefined)[] = []): Element =>
  element(`${metadataPrefix}:${name}`, attributes, children);

const filterElements = (names: string[]): Element[] => names.map((name) => prefixed('filter', { name }));

const buildBefore = ({ filters, parameters }: FiltersBefore): Element =>
  prefixed('before', {}, [
    ...filterElements(filters),
    ...parameters.map(({ name, value }) => prefixed('parameter', { name, value })),
  ]);

/** The element that goes into the domain's `<metadata>`. */
export function buildRecord({ createdAt, compatibilityVersion, nics, volumes }: VmRecord): Element {
  return prefixed('vm', { [`xmlns:${metadataPrefix}`]: metadataNamespace }, [
    createdAt === undefined ? undefined : prefixed('createdAt', {}, [createdAt]),
    compatibilityVersion === undefined
      ? undefined
      : prefixed('compatibilityVersion', {}, [compatibilityVersion]),
    ...nics.map(({ mac, filters, trust, before }) =>
      prefixed('nic', { mac }, [
        ...filterElements(filters),
        trust && prefixed('trust', { ...trust }),
        before && buildBefore(before),
      ]),
    ),
    ...volumes.map(({ pool, volume }) => prefixed('volume', { pool, name: volume })),
  ]);
}

/** The same element as virDomainSetMetadata wants it: libvirt itself puts it, and all in it, into the namespace. */
export function bareRecord(record: VmRecord): Element {
  const bare = (node: Element): Element => ({
    name: localName(node),
    attributes: Object.fromEntries(
      Object.entries(node.attributes).filter(([name]) => !name.startsWith('xmlns')),
    ),
    children: node.children.map((child) => (typeof child === 'string' ? child : bare(child))),
  });
  return bare(buildRecord(record));
}
