import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_XML_INACTIVE,
  VIR_DOMAIN_XML_SECURE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { VmContext } from '../vms/context.js';
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

/**
 * Changes a VM's definition and then what runs, as one: when either fails, the definition is as it was.
 * @param mac the NIC that it is about; undefined: all
 * @param edit what is changed in the definition
 * @param live what is done to the running VM; it undoes its own part when it fails
 * @throws Problem, LibvirtError
 */
export async function changeDefinition(
  { connection, journal }: VmContext,
  domain: Domain,
  mac: string | undefined,
  edit: (domain: Element) => void,
  live: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  if (!(await domain.isPersistent())) {
    await live();
    return;
  }
  const before = await readDefinition(domain);
  const after = editDomain(before, edit);
  await journal.during(
    { kind: 'nic', vm: domain.uuid, ...(mac !== undefined && { mac }), before },
    async () => {
      try {
        await define(connection, after);
        await live();
      } catch (error) {
        await (await connection.domainDefineXMLFlags(before)).close();
        throw error;
      }
    },
  );
}
