import type { Filter } from '../model.js';
import { ebtablesChains } from './ebtables.js';
import { ruleInstances } from './instances.js';
import { iptablesChains } from './iptables.js';
import type { FilteredNic, KernelChain } from './model.js';
import { toVariables } from './variables.js';

/**
 * What the kernel must have for a NIC with a filter: all of the NIC's chains and rules, and the rules that lead into them. Nothing
 * is asked of libvirt or the kernel.
 * @param filters the filter and all that it refers to, by name
 * @throws RulesError where libvirt would fail as well: a value that is missing or does not do, a filter that is not there
 */
export function kernelChains(
  filters: ReadonlyMap<string, Filter>,
  name: string,
  nic: FilteredNic,
): KernelChain[] {
  const { port, mac, parameters } = nic;
  const given = toVariables(parameters);
  const variables = given.has('MAC') ? given : new Map([...given, ['MAC', [mac.toLowerCase()]]]);
  const instances = ruleInstances(filters, name, variables);
  return [...ebtablesChains(instances, port), ...iptablesChains(instances, port)];
}
