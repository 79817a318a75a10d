import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { allDone } from '../all-done.js';
import { Problem } from '../errors.js';
import { guardNics } from '../guard/nic.js';
import { filterNameFor } from '../filtering/composed.js';
import { readKernelFacts } from '../enforcement/facts.js';
import { findUnenforced } from '../enforcement/kernel.js';
import { readBindings } from '../nwfilters/users.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { readRules } from './rules.js';

/**
 * Gives each NIC of a running VM its guard, and sees in the kernel that each has the filter that its live XML names, or that it ought to name:
 * libvirt may have dropped it, and a managed save may be from before it was asked for.
 * @throws Problem filter-not-enforced with what is wrong, kernel-unreadable
 */
export async function demandEnforced(context: VmContext, domain: Domain): Promise<void> {
  const [rules, xml] = await Promise.all([readRules(context), domain.getXMLDesc()]);
  const live = readDomain(xml);
  // what was asked stands in the definition: the live XML, or a saved image, may have an older answer
  const defined = (await domain.isPersistent())
    ? readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE))
    : live;
  const nics = live.interfaces.flatMap((nic) => {
    const filter = nic.filter ?? filterNameFor(rules.wanted(defined, nic).filters);
    return filter === undefined ? [] : [{ nic, filter }];
  });
  const guarded = guardNics(rules.policy, rules.catalog, live.interfaces);
  if (nics.length === 0) return guarded;
  // what is put at the ingress is not what is read
  const reading = readBindings(context.connection).then((all) => readKernelFacts(all, nics, rules.catalog));
  const [kernel] = await allDone([reading, guarded]);
  const findings = nics.flatMap(({ nic, filter }) => findUnenforced(nic, filter, rules.catalog, kernel));
  demandNone(findings, 'The VM was not let run: ');
}

/**
 * The same for one NIC, whose link is down or whose tap is closed, and the filter that it must have; undefined: it must have none, which is always so in force.
 * @throws Problem filter-not-enforced, kernel-unreadable
 */
export async function demandNicEnforced(
  context: VmContext,
  domain: Domain,
  mac: string,
  filter: string | undefined,
): Promise<void> {
  const rules = await readRules(context);
  const { interfaces } = readDomain(await domain.getXMLDesc());
  const nic = interfaces.find((one) => one.mac.toLowerCase() === mac.toLowerCase());
  if (!nic) throw new Problem('filter-not-enforced', `The NIC ${mac} is not plugged.`);
  await guardNics(rules.policy, rules.catalog, [nic]);
  if (filter === undefined) {
    demandNone(nic.filter === undefined ? [] : [`The NIC ${mac} still has the filter ${nic.filter}.`]);
  } else {
    const bindings = await readBindings(context.connection);
    const kernel = await readKernelFacts(bindings, [{ nic, filter }], rules.catalog);
    demandNone(findUnenforced(nic, filter, rules.catalog, kernel));
  }
}

function demandNone(findings: string[], before = 'The filter is not in force: '): void {
  if (findings.length > 0) throw new Problem('filter-not-enforced', `${before}${findings.join(' ')}`);
}
