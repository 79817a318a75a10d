import { isIPv4, isIPv6 } from 'node:net';
import type { FilteredNic } from '../nwfilter/rules/model.js';

/** An EtherType that a NIC may be limited to. */
export type FrameType = 'arp' | 'rarp' | 'ip' | 'ip6';

/** What the guard of a NIC demands, beyond its own MAC address in Ethernet, ARP and RARP, which it always does. */
export interface Demands {
  /** How many VLAN tags a frame may have. A frame with more is dropped: what it carries is not looked at. */
  tags: 0 | 1 | 2;
  /** Nothing else passes. Absent: any type does. */
  types?: readonly FrameType[];
  /** RARP is for the announcement after a migration only. */
  announcementsOnly: boolean;
  /** The only addresses that IPv4 comes from; absent: any. */
  ipv4?: readonly string[];
  /** The only addresses that ARP speaks for. */
  arp?: readonly string[];
  /** The only addresses that IPv6 comes from and that neighbour discovery speaks for. */
  ipv6?: readonly string[];
  /** Neighbour discovery names no MAC address but the NIC's. */
  neighbours: boolean;
  /** No DHCP server, no router, no DHCP client in another's name. */
  noServerRoles: boolean;
}

/** An address of a zone is none that goes over the wire. */
const isPlainIPv6 = (value: string): boolean => isIPv6(value) && !value.includes('%');

/** The filters that promise something of IPv4 or ARP senders: those of libvirt look at one of the two. */
const promises = {
  ipv4: ['virtwarden-own-ipv4', 'no-ip-spoofing'],
  arp: ['virtwarden-own-ipv4', 'no-arp-ip-spoofing'],
  ipv6: ['virtwarden-own-ipv6'],
} as const;

const typesOf = (has: (name: string) => boolean): FrameType[] => {
  const types: FrameType[] = ['rarp'];
  if (!has('virtwarden-strict-ipv6')) types.push('arp', 'ip');
  if (!has('virtwarden-strict-ipv4')) types.push('ip6');
  return types;
};

/**
 * What is demanded of a NIC whose filter is made of these. A list of addresses that the NIC is not given, or that has no
 * address in it, demands nothing.
 * @param filters the names of the filter and of all that it refers to
 */
export function guardDemands(filters: readonly string[], parameters: FilteredNic['parameters']): Demands {
  const has = (name: string): boolean => filters.includes(name);
  const list = (kind: keyof typeof promises) => {
    const [name, is] = kind === 'ipv6' ? ['IPV6', isPlainIPv6] : ['IP', isIPv4];
    const given = parameters.filter((one) => one.name === name && is(one.value)).map(({ value }) => value);
    const addresses = [...new Set(given)].sort();
    return promises[kind].some(has) && addresses.length > 0 ? { [kind]: addresses } : {};
  };
  const addresses = { ...list('ipv4'), ...list('arp'), ...list('ipv6') };
  const strict = has('virtwarden-strict-mac');
  const noServerRoles = has('virtwarden-no-server-roles');
  const looksInside = noServerRoles || Object.keys(addresses).length > 0;
  return {
    tags: strict ? 0 : looksInside ? 1 : 2,
    ...(strict && { types: typesOf(has) }),
    announcementsOnly: strict,
    ...addresses,
    neighbours: strict || 'ipv6' in addresses,
    noServerRoles,
  };
}
