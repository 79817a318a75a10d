import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { ensureFilter } from '../filtering/composed.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { setFilterref } from '../xml/interface.js';
import type { Element } from '../xml/tree.js';
import { filterrefOf, nicOf, sameMac } from './find.js';
import { liveInterface } from './live.js';
import { readRules } from './rules.js';

/**
 * The live XML of a NIC with the filter that it is to have: that of its definition, or where it has none the policy's.
 * @throws Problem nic-not-found; LibvirtError
 */
export async function wantedInterface(context: VmContext, domain: Domain, mac: string): Promise<Element> {
  const vm = readDomain(await domain.getXMLDesc((await domain.isPersistent()) ? VIR_DOMAIN_XML_INACTIVE : 0));
  const nic =
    vm.interfaces.find((one) => sameMac(one.mac, mac)) ?? nicOf(readDomain(await domain.getXMLDesc()), mac);
  let filterref = filterrefOf(nic);
  if (!filterref) {
    const rules = await readRules(context);
    const filter = await ensureFilter(context.connection, rules.wanted(vm, nic).filters);
    filterref = filter === undefined ? undefined : { filter, parameters: [] };
  }
  const wanted = await liveInterface(domain, mac);
  setFilterref(wanted, filterref);
  return wanted;
}
