import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { closedPorts } from '../kernel/port.js';
import type { NicEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { journaled } from '../vms/journaled.js';
import { readDomain } from '../xml/domain.js';
import { editDomain, interfaceOf } from '../xml/interface.js';
import { type Element, find, formatXml, parseXml } from '../xml/tree.js';
import { readDefinition } from './read-definition.js';
import { undoNic } from './undo.js';

/** Defines a domain anew, and demands that libvirt kept every filterref: it drops those it does not like in silence. */
async function define(connection: Connection, xml: string): Promise<void> {
  await using domain = await connection.domainDefineXMLFlags(xml, VIR_DOMAIN_DEFINE_VALIDATE);
  const kept = readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)).interfaces;
  const dropped = readDomain(xml).interfaces.filter(
    ({ mac, filter }) =>
      filter !== undefined && !kept.some((nic) => nic.mac === mac && nic.filter === filter),
  );
  if (dropped.length === 0) return;
  throw new Problem(
    'filter-not-enforced',
    `libvirt did not take the filter of ${dropped.map(({ mac }) => mac).join(', ')}.`,
  );
}

/** A change to a VM's NICs: in the definition, and then in what runs. */
export interface NicChange<Prepared> {
  /** Makes, with the host's lock held, what the definition is to refer to: nobody takes it for unused before it does. */
  prepare: () => Promise<Prepared>;
  /** What is changed in the definition. */
  edit: (domain: Element, prepared: Prepared) => void;
  /** What is done to the running VM's NIC; when it fails it is undone. The host's lock is not held. */
  live?: { mac: (prepared: Prepared) => string; apply: (prepared: Prepared) => Promise<void> } | undefined;
}

/** The filters that the VM has, which it is to have again if the change fails. */
async function presentFilters(domain: Domain): Promise<string[]> {
  const xmls = [await domain.getXMLDesc(), await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)];
  return xmls.flatMap((xml) => readDomain(xml).interfaces.flatMap(({ filter }) => filter ?? []));
}

/** How the NIC is before the change. */
async function entryFor(domain: Domain, mac: string, persistent: boolean): Promise<NicEntry> {
  const live = interfaceOf(parseXml(await domain.getXMLDesc()), mac);
  const tap = live && find(live, 'target')?.attributes.dev;
  return {
    kind: 'nic',
    vm: domain.uuid,
    mac,
    ...(persistent && { before: await readDefinition(domain) }),
    ...(live && { live: formatXml(live) }),
    closed: tap !== undefined && (await closedPorts()).includes(tap),
  };
}

/** Changes the definition alone: libvirt does that as a whole or not at all. @throws Problem, LibvirtError */
async function changeDefinition(
  connection: Connection,
  domain: Domain,
  edit: (domain: Element) => void,
): Promise<void> {
  const before = await readDefinition(domain);
  try {
    await define(connection, editDomain(before, edit));
  } catch (error) {
    await (await connection.domainDefineXMLFlags(before)).close();
    throw error;
  }
}

/**
 * Changes a VM's definition and then what runs, as one: when either fails, the definition is as it was. The caller
 * holds the VM's lock.
 * @returns what was prepared
 * @throws Problem, LibvirtError
 */
export async function changeNics<Prepared>(
  context: VmContext,
  domain: Domain,
  { prepare, edit, live }: NicChange<Prepared>,
): Promise<Prepared> {
  const { connection, locks } = context;
  const filters = await presentFilters(domain);
  const release = await locks.host.acquire();
  const letGo = locks.holdFilters(filters);
  try {
    const prepared = await prepare();
    const persistent = await domain.isPersistent();
    const change = (): Promise<void> => changeDefinition(connection, domain, (root) => edit(root, prepared));
    if (!live) {
      if (persistent) await change();
      return prepared;
    }
    const entry = await entryFor(domain, live.mac(prepared), persistent);
    await journaled(
      context,
      entry,
      async () => {
        if (persistent) {
          await change();
          // without a definition nothing but what runs will refer to the filter: the lock is held until it does
          release();
        }
        await live.apply(prepared);
      },
      () => undoNic(context, entry),
    );
    return prepared;
  } finally {
    letGo();
    release();
  }
}
