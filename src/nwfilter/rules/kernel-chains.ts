import type { Filter } from '../model.js';
import { ebtablesChains } from './ebtables.js';
import { notBeforeChain, ruleInstances } from './instances.js';
import { iptablesChains } from './iptables.js';
import type { FilteredNic, KernelChain, NativeTable } from './model.js';
import { nftablesChains } from './nftables.js';
import { toVariables, type Variables } from './variables.js';

/** The NIC's own values, of which its MAC address is one. */
function variablesOf({ mac, parameters }: FilteredNic): Variables {
  const given = toVariables(parameters);
  return given.has('MAC') ? given : new Map([...given, ['MAC', [mac.toLowerCase()]]]);
}

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
  const instances = ruleInstances(filters, name, variablesOf(nic));
  return [...ebtablesChains(instances, nic.port), ...iptablesChains(instances, nic.port)];
}

/** The same where libvirt makes its rules in nftables itself. @throws RulesError */
export function nativeChains(
  filters: ReadonlyMap<string, Filter>,
  name: string,
  nic: FilteredNic,
): KernelChain<NativeTable>[] {
  return nftablesChains(ruleInstances(filters, name, variablesOf(nic), notBeforeChain), nic.port);
}
