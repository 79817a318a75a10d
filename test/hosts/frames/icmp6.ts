import { type Bytes, ip6Bytes, macBytes, u16 } from './bytes.js';
import type { Link } from './ethernet.js';
import { icmp6Message, ipv6 } from './ipv6.js';

export const allNodes = 'ff02::1';
export const allRouters = 'ff02::2';

/** The Ethernet address of an IPv6 multicast group. */
export const groupMac = (group: string): string =>
  `33:33:${(ip6Bytes(group).toString('hex', 12).match(/../g) ?? []).join(':')}`;

/** The group that asks for this address are sent to. */
export const solicitedNode = (address: string): string => {
  const tail = ip6Bytes(address).toString('hex', 13);
  return `ff02::1:ff${tail.slice(0, 2)}:${tail.slice(2)}`;
};

/** The link-local address that a MAC address gives (EUI-64). */
export const linkLocalOf = (mac: string): string => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = macBytes(mac);
  return `fe80::${[((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f].map((n) => n.toString(16)).join(':')}`;
};

/** A source (1) or target (2) link-layer address option of neighbour discovery. */
export const linkLayerOption = (type: 1 | 2, mac: string): Buffer =>
  Buffer.concat([Buffer.from([type, 1]), macBytes(mac)]);

const nothing = Buffer.alloc(4);

/** What follows type, code and checksum. */
export const advertisementBody = (target: string, options: Bytes[] = []): Buffer =>
  Buffer.concat([Buffer.from([0x20, 0, 0, 0]), ip6Bytes(target), ...options]);
export const solicitationBody = (target: string, options: Bytes[] = []): Buffer =>
  Buffer.concat([nothing, ip6Bytes(target), ...options]);
export const routerSolicitationBody = (options: Bytes[] = []): Buffer => Buffer.concat([nothing, ...options]);
/** Hop limit 64, a lifetime of half an hour. */
export const routerAdvertisementBody = (options: Bytes[] = []): Buffer =>
  Buffer.concat([Buffer.from([64, 0]), u16(1800), Buffer.alloc(8), ...options]);
export const redirectBody = (target: string, destination: string): Buffer =>
  Buffer.concat([nothing, ip6Bytes(target), ip6Bytes(destination)]);
/** One record: joined (exclude nothing). */
export const listenerReportBody = (group: string): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 1, 4, 0, 0, 0]), ip6Bytes(group)]);
export const listenerQueryBody = (): Buffer => Buffer.concat([u16(1000), u16(0), Buffer.alloc(20)]);

/** The ICMPv6 types used here. */
export const icmp6Types = {
  echoRequest: 128,
  listenerQuery: 130,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
  redirect: 137,
  listenerReport: 143,
} as const;

export interface Icmp6Spec {
  src: string;
  dst: string;
  type: number;
  body: Bytes;
  /** Extension headers between IPv6's and the message, and the number of the first. */
  extensions?: { first: number; bytes: Bytes };
}

/** An ICMPv6 packet; to a group's Ethernet address unless told otherwise. */
export function icmp6(
  link: Pick<Link, 'src'> & Partial<Link>,
  { src, dst, type, body, extensions }: Icmp6Spec,
): Buffer {
  const message = icmp6Message(src, dst, type, body);
  return ipv6(
    { dst: groupMac(dst), ...link },
    {
      src,
      dst,
      protocol: extensions?.first ?? 58,
      payload: extensions ? Buffer.concat([extensions.bytes, message]) : message,
    },
  );
}
