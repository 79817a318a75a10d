import type { NicRecord } from '../xml/metadata.js';
import { filterableTypes } from '../schemas/nic.js';
import type { Policy } from '../schemas/config.js';
import { compareVersions } from './version.js';

/** The filter that NICs get unless an administrator says otherwise. */
export const defaultFilter = 'vdsm-no-mac-spoofing';

/** The compatibility level from which on filters are applied by default, as in oVirt. */
const filteringSince = '3.2';

/** Whether libvirt filters interfaces of this type; a network only when it stands on a bridge. */
export function isFilterableType(type: string): boolean {
  return (filterableTypes as readonly string[]).includes(type);
}

export interface FilterDecision {
  filters: string[];
  /** default: the policy's; explicit: named for this NIC; none: none is wanted, or none is possible. */
  origin: 'default' | 'explicit' | 'none';
}

export interface NicFacts {
  /** Whether libvirt can filter it. */
  filterable: boolean;
  /** What was asked for it; undefined: nothing, so the policy decides. */
  record: Pick<NicRecord, 'filters' | 'trust'> | undefined;
  /** The VM's compatibility level; undefined: the cluster's. */
  compatibilityVersion: string | undefined;
}

/**
 * Which filters a NIC is to have: the one place that decides it, for create, start, plug and update alike.
 * What was asked for comes first; then the switch and the level, both of which must hold for the default.
 */
export function decideFilters(policy: Policy, nic: NicFacts): FilterDecision {
  if (!nic.filterable) return { filters: [], origin: 'none' };
  // none on purpose is none for a reason: a bare empty list is not one
  if (nic.record && (nic.record.filters.length > 0 || nic.record.trust)) {
    return { filters: nic.record.filters, origin: nic.record.filters.length > 0 ? 'explicit' : 'none' };
  }
  const level = nic.compatibilityVersion ?? policy.ClusterCompatibilityVersion;
  const applies = policy.EnableMACAntiSpoofingFilterRules && compareVersions(level, filteringSince) >= 0;
  return applies && policy.DefaultFilters.length > 0
    ? { filters: policy.DefaultFilters, origin: 'default' }
    : { filters: [], origin: 'none' };
}
