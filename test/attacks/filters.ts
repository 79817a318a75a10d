import type { AttackClass, Station } from './row.js';

/** A filter that the rows are sent through. */
export interface FilterUnderAttack {
  /** None: the control run. */
  name?: string;
  /** The filter whose guard the tap has, too. */
  guardOf?: string;
  /** The lists that it wants of a NIC's addresses. */
  wants: ('IP' | 'IPV6')[];
  /** What it promises to stop; what nwfilter's language has no rule for is left out of the promise. */
  promises: AttackClass[];
  /** Whether honest traffic of this family must pass. */
  carries: ('ipv4' | 'ipv6')[];
}

const everything: AttackClass[] = ['mac', 'ip', 'nd', 'dhcp', 'router', 'bridge'];

export const filtersUnderAttack: readonly FilterUnderAttack[] = [
  { wants: [], promises: [], carries: ['ipv4', 'ipv6'] },
  // libvirt's own, for comparison: it has no IPv6, and no ARP probes
  { name: 'clean-traffic', wants: ['IP'], promises: [], carries: [] },
  {
    name: 'vdsm-no-mac-spoofing',
    wants: [],
    promises: [],
    carries: ['ipv4', 'ipv6'],
  },
  {
    name: 'virtwarden-strict-mac',
    wants: [],
    promises: ['mac'],
    carries: ['ipv4', 'ipv6'],
  },
  {
    name: 'virtwarden-strict',
    wants: ['IP', 'IPV6'],
    promises: everything,
    carries: ['ipv4', 'ipv6'],
  },
  {
    name: 'virtwarden-strict-ipv4',
    wants: ['IP'],
    promises: everything,
    carries: ['ipv4'],
  },
  {
    name: 'virtwarden-strict-ipv6',
    wants: ['IPV6'],
    promises: everything,
    carries: ['ipv6'],
  },
  // parts of the strict ones: alone, they promise nothing to who can put a tag before a lie
  { name: 'virtwarden-no-server-roles', wants: [], promises: [], carries: ['ipv4', 'ipv6'] },
  { name: 'virtwarden-own-ipv4', wants: ['IP'], promises: [], carries: ['ipv4', 'ipv6'] },
  { name: 'virtwarden-own-ipv6', wants: ['IPV6'], promises: [], carries: ['ipv4', 'ipv6'] },
];

/** The parameters of a NIC with this filter: lists of two, whose first is an address that nobody uses. */
export function parametersFor({ wants }: FilterUnderAttack, own: Station): [name: string, value: string][] {
  const lists: Record<'IP' | 'IPV6', string[]> = {
    IP: ['10.66.200.1', own.ip],
    IPV6: ['fd66::c8:1', own.ip6, own.linkLocal],
  };
  return wants.flatMap((name) => lists[name].map((value): [string, string] => [name, value]));
}
