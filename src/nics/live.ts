import { type Domain, VIR_DOMAIN_AFFECT_LIVE } from 'node-libvirt';
import { Problem } from '../errors.js';
import { removeChains } from '../kernel/mend.js';
import { countDrops } from '../drops/count.js';
import { buildingRules } from '../filtering/filter-gate.js';
import { isClashOfUpdate } from '../filtering/rule-clash.js';
import { closePort, openPort } from '../kernel/port.js';
import type { VmContext } from '../vms/context.js';
import { type Filterref, interfaceOf, replaceChild, setFilterref, setLinkState } from '../xml/interface.js';
import { type Element, find, formatXml, parseXml } from '../xml/tree.js';
import { demandNicEnforced } from './enforce.js';

/** The live XML of one NIC. @throws Problem nic-not-found */
export async function liveInterface(domain: Domain, mac: string): Promise<Element> {
  const node = interfaceOf(parseXml(await domain.getXMLDesc()), mac);
  if (!node) throw new Problem('nic-not-found', `The running VM ${domain.name} has no NIC ${mac}.`);
  return node;
}

const update = (domain: Domain, node: Element): Promise<void> =>
  buildingRules(() => domain.updateDevice(formatXml(node), VIR_DOMAIN_AFFECT_LIVE), isClashOfUpdate);

/** Link up or down. The filterref goes along as it is: an update without one takes the filter away. */
export async function setLiveLink(domain: Domain, mac: string, state: 'up' | 'down'): Promise<void> {
  const node = await liveInterface(domain, mac);
  setLinkState(node, state);
  await update(domain, node);
}

/** The tap of a running NIC. @throws Problem filter-not-enforced when it has none */
export function tapOf(node: Element): string {
  const tap = find(node, 'target')?.attributes.dev;
  if (tap === undefined) throw new Problem('filter-not-enforced', 'The NIC has no tap device.');
  return tap;
}

/** Closes a running NIC whose rules are about to go, and what they have counted with them. @throws Problem kernel-unreadable */
async function close({ drops }: VmContext, domain: Domain, nic: string, port: string): Promise<void> {
  await closePort(port);
  await countDrops(drops, { vm: domain.uuid, nic, port });
}

/**
 * Changes the filter of a running NIC. libvirt takes the old rules away before it makes the new ones: so the port is
 * closed, and opened when the kernel is seen to have the new ones. A failure leaves it closed.
 * @throws Problem, LibvirtError
 */
export async function changeLiveFilter(
  context: VmContext,
  domain: Domain,
  mac: string,
  filterref: Filterref,
): Promise<void> {
  const node = await liveInterface(domain, mac);
  const tap = tapOf(node);
  await close(context, domain, mac, tap);
  setFilterref(node, filterref);
  await update(domain, node);
  await demandNicEnforced(context, domain, mac, filterref?.filter);
  await openPort(tap);
}

/**
 * Closes a running NIC, and has libvirt make its rules anew, with what this XML says of its filter and its link. libvirt
 * believes in rules it has lost, unless it is told twice. The port stays closed.
 * @returns the tap
 * @throws Problem, LibvirtError
 */
export async function makeAnew(
  context: VmContext,
  domain: Domain,
  mac: string,
  wanted: Element,
): Promise<string> {
  const node = await liveInterface(domain, mac);
  const tap = tapOf(node);
  await close(context, domain, mac, tap);
  replaceChild(node, 'link', find(wanted, 'link'));
  replaceChild(node, 'filterref', undefined);
  await update(domain, node);
  // what a daemon that was killed had begun to build would be in the way
  await removeChains(tap);
  replaceChild(node, 'filterref', find(wanted, 'filterref'));
  await update(domain, node);
  return tap;
}

/** The same, and sees the filter in the kernel. @throws Problem, LibvirtError */
export async function remakeFilter(
  context: VmContext,
  domain: Domain,
  mac: string,
  wanted: Element,
): Promise<void> {
  await makeAnew(context, domain, mac, wanted);
  await demandNicEnforced(context, domain, mac, find(wanted, 'filterref')?.attributes.filter);
}
