import { type Domain, VIR_DOMAIN_AFFECT_LIVE } from 'node-libvirt';
import { Problem } from '../errors.js';
import { closedPorts, closePort, openPort } from '../filtering/port.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { VmContext } from '../vms/context.js';
import { type Filterref, interfaceOf, setFilterref, setLinkState } from '../xml/interface.js';
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
  const wasClosed = (await closedPorts()).includes(tap);
  await closePort(tap);
  try {
    await update(domain, after);
    await demandNicEnforced(domain, rules, mac, filterref?.filter);
  } catch (error) {
    try {
      await remakeFilter(domain, rules, mac, before);
    } catch (second) {
      log.error(
        { err: second, cause: error, vm: domain.name, mac, tap },
        'a NIC stays closed: it has no filter in force',
      );
      throw new Problem(
        'filter-not-enforced',
        `The filter of ${mac} could not be changed, nor the old one put back: the NIC is closed and passes nothing.`,
        { cause: error },
      );
    }
    // one that was closed had not the filter that it ought to have: what it is back to does not open it
    if (!wasClosed) await openPort(tap);
    throw error;
  }
  await openPort(tap);
}

/**
 * Makes the filter of an interface's XML anew, and sees that it is in force. libvirt believes in rules it has lost,
 * unless it is told twice. The port is to be closed.
 * @throws Problem, LibvirtError
 */
export async function remakeFilter(
  domain: Domain,
  rules: FilterRules,
  mac: string,
  before: Element,
): Promise<void> {
  const without = structuredClone(before);
  setFilterref(without, undefined);
  await update(domain, without);
  await update(domain, before);
  await demandNicEnforced(domain, rules, mac, find(before, 'filterref')?.attributes.filter);
}
