import { type Connection, type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { readDomains } from '../libvirt/domain-xmls.js';
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
  const domains = await readDomains(connection);
  return domains.map(({ xml, inactiveXml, persistent }): VmFacts => {
    const live = readDomain(xml);
    if (!persistent) return { active: true, live, definition: undefined };
    // as its documents have it, which are of one moment
    const active = inactiveXml !== undefined;
    return { active, live, definition: active ? readDomain(inactiveXml) : live };
  });
}
