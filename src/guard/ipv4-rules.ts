import type { Demands } from './demands.js';
import { accept, anyOf, bytes, drop, type GuardRule, macNumber } from './rule.js';
import { oneOf } from './sets.js';

const ip = 'meta protocol ip';
/** The client's hardware address, in a DHCP message behind UDP's header. */
const client = bytes('th', 8 + 28, 6);

const serverRoles = (mac: string): GuardRule[] => [
  drop('dhcp', ip, 'udp sport 67'),
  drop('dhcp', ip, 'udp dport 68'),
  drop('dhcp', ip, `udp dport 67 ${client} != ${macNumber(mac)}`),
  drop('router', ip, 'icmp type', oneOf('icmp_router_types')),
  drop('router', ip, 'meta l4proto igmp', bytes('th', 0, 1), oneOf('igmp_router_types')),
];

const sources = (addresses: readonly string[], clientIs: string): GuardRule[] => [
  accept(ip, 'ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67', clientIs),
  drop('ip', ip, `ip saddr != ${anyOf(addresses)}`),
];

/** What could not be read is no message of a client, and no packet that a host takes. */
const readable = (clientIs: string): GuardRule[] => [
  accept(ip, 'udp dport 67', clientIs),
  drop('dhcp', ip, 'udp dport 67'),
  accept(ip, 'meta l4proto >= 0'),
  drop('type', ip),
];

/** The rules for IPv4, after those for the link. */
export function ipv4Rules(mac: string, { ipv4, noServerRoles }: Demands): GuardRule[] {
  const clientIs = `${client} ${macNumber(mac)}`;
  return [
    ...(noServerRoles ? serverRoles(mac) : []),
    ...(ipv4 ? sources(ipv4, noServerRoles ? clientIs : '') : []),
    ...(noServerRoles ? readable(clientIs) : []),
  ];
}
