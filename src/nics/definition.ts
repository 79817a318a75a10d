import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_XML_INACTIVE,
  VIR_DOMAIN_XML_SECURE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { VmContext } from '../vms/context.js';
import { journaled } from '../vms/journaled.js';
import { readDomain } from '../xml/domain.js';
import { editDomain } from '../xml/interface.js';
import type { Element } from '../xml/tree.js';

/** A domain's definition with its secrets, so that it can be defined again as it was. */
export const readDefinition = (domain: Domain): Promise<string> =>
  domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);

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
  /** What is done to the running VM's NIC; it undoes its own part when it fails. The host's lock is not held. */
  live?: { mac: (prepared: Prepared) => string; apply: (prepared: Prepared) => Promise<void> } | undefined;
}

/** The filters that the VM has, which it is to have again if the change fails. */
async function presentFilters(domain: Domain): Promise<string[]> {
  const xmls = [await domain.getXMLDesc(), await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)];
  return xmls.flatMap((xml) => readDomain(xml).interfaces.flatMap(({ filter }) => filter ?? []));
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
    const change = (): Promise<void> => changeDefinition(connection, domain, (root) => edit(root, prepared));
    if (!(await domain.isPersistent())) {
      // nothing but what runs will refer to the filter: the lock is held until it does
      await live?.apply(prepared);
    } else if (!live) {
      await change();
    } else {
      const before = await readDefinition(domain);
      await journaled(
        context,
        { kind: 'nic', vm: domain.uuid, mac: live.mac(prepared), before },
        async () => {
          await change();
          release();
          await live.apply(prepared);
        },
        async () => (await connection.domainDefineXMLFlags(before)).close(),
      );
    }
    return prepared;
  } finally {
    letGo();
    release();
  }
}
