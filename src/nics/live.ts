import { type Domain, VIR_DOMAIN_AFFECT_LIVE, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { Problem } from '../errors.js';
import { closePort, openPort } from '../filtering/port.js';
import type { FilterRules } from '../filtering/wanted.js';
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
  domain.updateDevice(formatXml(node), VIR_DOMAIN_AFFECT_LIVE);

/** Link up or down. The filterref goes along as it is: an update without one takes the filter away. */
export async function setLiveLink(domain: Domain, mac: string, state: 'up' | 'down'): Promise<void> {
  const node = await liveInterface(domain, mac);
  setLinkState(node, state);
  await update(domain, node);
}

/**
 * Changes the filter of a running NIC. libvirt takes the old rules away before it makes the new ones, also when it then
 * fails: so the port is closed meanwhile, and opened when the kernel is seen to have the new rules, or the old ones
 * again. If it has neither, the port stays closed and the problem says so.
 * @throws Problem, LibvirtError
 */
export async function changeLiveFilter(
  { log }: VmContext,
  domain: Domain,
  rules: FilterRules,
  mac: string,
  filterref: Filterref,
): Promise<void> {
  const before = await liveInterface(domain, mac);
  const after = structuredClone(before);
  setFilterref(after, filterref);
  const tap = find(before, 'target')?.attributes.dev;
  if (tap === undefined) throw new Problem('filter-not-enforced', `The NIC ${mac} has no tap device.`);
  await closePort(tap);
  try {
    await update(domain, after);
    await demandNicEnforced(domain, rules, mac, filterref?.filter);
  } catch (error) {
    await restore(domain, rules, mac, before, tap).catch((second: unknown) => {
      log.error(
        { err: second, cause: error, vm: domain.name, mac, tap },
        'a NIC stays closed: it has no filter in force',
      );
      throw new Problem(
        'filter-not-enforced',
        `The filter of ${mac} could not be changed, nor the old one put back: the NIC is closed and passes nothing.`,
        { cause: error },
      );
    });
    throw error;
  }
  await openPort(tap);
}

/** Puts the old filter back and opens the port. libvirt believes in rules it has lost, unless it is told twice. */
async function restore(
  domain: Domain,
  rules: FilterRules,
  mac: string,
  before: Element,
  tap: string,
): Promise<void> {
  const without = structuredClone(before);
  setFilterref(without, undefined);
  await update(domain, without);
  await update(domain, before);
  await demandNicEnforced(domain, rules, mac, find(before, 'filterref')?.attributes.filter);
  await openPort(tap);
}

/**
 * Opens a port that was left closed, once the filter that the NIC's definition names is made anew and seen.
 * @throws Problem, LibvirtError: it stays closed
 */
export async function restoreLiveFilter(
  domain: Domain,
  rules: FilterRules,
  mac: string,
  tap: string,
): Promise<void> {
  const live = await liveInterface(domain, mac);
  const planned = (await domain.isPersistent())
    ? interfaceOf(parseXml(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)), mac)
    : undefined;
  const wanted = structuredClone(live);
  if (planned) replaceChild(wanted, 'filterref', find(planned, 'filterref'));
  await restore(domain, rules, mac, wanted, tap);
}
