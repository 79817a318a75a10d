import { ipv6Groups } from '../nwfilter/rules/addresses.js';
import type { Demands } from './demands.js';
import { accept, anyOf, bytes, drop, type GuardRule, macNumber } from './rule.js';
import { oneOf } from './sets.js';

const ip6 = 'meta protocol ip6';
/** An address as a number, for what nft has no name for. */
const addressNumber = (address: string): string =>
  `0x${ipv6Groups(address)
    .map((group) => group.toString(16).padStart(4, '0'))
    .join('')}`;

/** The address that a neighbour message is about. */
const target = bytes('th', 8, 16);
/** No extension header stands before the message: no host sends neighbour discovery otherwise. */
const direct = (type: number, length: number): string =>
  `${ip6} ip6 nexthdr 58 icmpv6 type ${type} ip6 length ${length}`;

const serverRoles = [
  drop('dhcp', ip6, 'udp sport 547'),
  drop('dhcp', ip6, 'udp dport 546'),
  drop('router', ip6, 'icmpv6 type', oneOf('icmpv6_router_types')),
];

/** The only option of a message, `at` where its options begin: this link-layer address. */
const linkLayer = (kind: 1 | 2, at: number, mac: string): string =>
  `${bytes('th', at, 2)} 0x0${kind}01 ${bytes('th', at + 2, 6)} ${macNumber(mac)}`;
/** The only option of a question whether an address is free: a number that tells it from its echo (RFC 7527). */
const nonce = `${bytes('th', 24, 2)} 0x0e01`;

/** What a host may say before it has an address: whether this one is free, who the routers are, what groups it listens to. */
function sources(addresses: readonly string[], mine: string): GuardRule[] {
  const from = 'ip6 saddr :: ip6 daddr';
  const group = `${from} ff02::1:ff00:0/104`;
  return [
    accept(direct(135, 24), group, mine),
    accept(direct(135, 32), group, mine, nonce),
    accept(direct(133, 8), from, 'ff02::2'),
    accept(ip6, from, 'ff02::/16 icmpv6 type', oneOf('icmpv6_listener_types')),
    drop('ip', ip6, `ip6 saddr != ${anyOf(addresses)}`),
  ];
}

const neighbours = (mac: string, mine: string, asksFromNowhere: boolean): GuardRule[] => [
  accept(direct(136, 24), mine),
  accept(direct(136, 32), mine, linkLayer(2, 24, mac)),
  accept(direct(135, 24)),
  accept(direct(135, 32), linkLayer(1, 24, mac)),
  ...(asksFromNowhere ? [accept(direct(135, 32), nonce)] : []),
  accept(direct(133, 8)),
  accept(direct(133, 16), linkLayer(1, 8, mac)),
  drop('nd', ip6, 'icmpv6 type', oneOf('icmpv6_neighbour_types')),
];

/** A first fragment must not end before what the rules look at. */
const readable = [
  accept(ip6, 'meta l4proto 58', bytes('th', 0, 1), '>= 0'),
  accept(ip6, 'meta l4proto 17', bytes('th', 0, 4), '>= 0'),
  drop('type', ip6, 'meta l4proto', oneOf('inspected_protocols')),
  accept(ip6, 'meta l4proto >= 0'),
  drop('type', ip6),
];

/** The rules for IPv6, after those for the link. */
export function ipv6Rules(mac: string, { ipv6, noServerRoles, neighbours: nd }: Demands): GuardRule[] {
  const mine = ipv6 ? `${target} ${anyOf(ipv6.map(addressNumber))}` : '';
  const looksInside = noServerRoles || nd;
  return [
    ...(ipv6 ? sources(ipv6, mine) : []),
    ...(looksInside ? [accept(ip6, 'frag frag-off != 0')] : []),
    ...(noServerRoles ? serverRoles : []),
    ...(nd ? neighbours(mac, mine, !ipv6) : []),
    ...(looksInside ? readable : []),
  ];
}
