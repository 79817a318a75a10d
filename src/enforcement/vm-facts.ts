import {
  type Connection,
  type Domain,
  VIR_CONNECT_LIST_DOMAINS_ACTIVE,
  VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { readDomain } from '../xml/domain.js';
import type { VmFacts } from './verdict.js';

/** Reads one VM. @throws LibvirtError */
export async function readVmFacts(domain: Domain): Promise<VmFacts> {
  const [active, persistent] = [await domain.isActive(), await domain.isPersistent()];
  const live = readDomain(await domain.getXMLDesc());
  if (!persistent) return { active, live, definition: undefined };
  if (!active) return { active, live, definition: live };
  return { active, live, definition: readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)) };
}

/** Reads all VMs. @throws LibvirtError */
export async function readAllVmFacts(connection: Connection): Promise<VmFacts[]> {
  const [running, definitions] = await Promise.all([
    connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_ACTIVE),
    connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_DOMAIN_XML_INACTIVE),
  ]);
  const defined = new Map(definitions.map(({ uuid, xml }) => [uuid, readDomain(xml)]));
  const active = running.map(({ uuid, xml }): VmFacts => {
    const definition = defined.get(uuid);
    defined.delete(uuid);
    return { active: true, live: readDomain(xml), definition };
  });
  const off = [...defined.values()].map((vm): VmFacts => ({ active: false, live: vm, definition: vm }));
  return [...active, ...off];
}
