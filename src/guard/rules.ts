import type { FilteredNic } from '../nwfilter/rules/model.js';
import { type Demands, guardDemands } from './demands.js';
import { ipv4Rules } from './ipv4-rules.js';
import { ipv6Rules } from './ipv6-rules.js';
import { linkRules } from './link-rules.js';
import type { GuardRule } from './rule.js';

/** What the kernel is to have before the bridge sees what a tap sends. */
export interface Guard {
  tap: string;
  rules: readonly GuardRule[];
}

/** The rules that keep to the demands, in order; what none of them drops passes. */
export function guardRules(mac: string, demands: Demands): GuardRule[] {
  const carries = (type: 'ip' | 'ip6'): boolean => demands.types?.includes(type) ?? true;
  return [
    ...linkRules(mac, demands),
    ...(carries('ip') ? ipv4Rules(mac, demands) : []),
    ...(carries('ip6') ? ipv6Rules(mac, demands) : []),
  ];
}

export interface GuardedNic extends FilteredNic {
  /** The names of its filter and of all that this refers to. */
  filters: readonly string[];
}

/**
 * The guard that a NIC with a filter has to have.
 * @throws RangeError for the name of a tap or a MAC address that nft would read as something else
 */
export function guardFor({ port, mac, filters, parameters }: GuardedNic): Guard {
  if (!/^[\w.-]{1,15}$/.test(port)) throw new RangeError(`${port} is no name of a tap that can be guarded`);
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) throw new RangeError(`${mac} is no MAC address`);
  return { tap: port, rules: guardRules(mac.toLowerCase(), guardDemands(filters, parameters)) };
}
