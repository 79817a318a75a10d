import { ipv4Network, ipv6Network } from './addresses.js';
import type { LookedAt } from './looked-at.js';
import type { Protocol } from '../protocols.js';

/** iptables' numbers of the protocols; all is none. */
const numbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
};
/** What a protocol's rules are without what they look at: of IPv6 or not, `tcp` both times. */
export const isOverIpv6 = (protocol: string): boolean => protocol === 'icmpv6' || protocol.endsWith('-ipv6');
const baseOf = (protocol: string): string => protocol.replace(/-ipv6$/, '');

/** iptables has the sign before the option. */
const sign = (at: LookedAt, name: string): string => (at.not(name) ? '! ' : '');

type Side = 'src' | 'dst';
const sides: readonly Side[] = ['src', 'dst'];
const other = (side: Side): Side => (side === 'src' ? 'dst' : 'src');

interface Packet {
  at: LookedAt;
  protocol: Protocol;
  /** Whether sender and receiver are exchanged. */
  reversed: boolean;
}

/** The attribute's side that a side of the packet is compared with. */
const sideOf = ({ reversed }: Packet, side: Side): Side => (reversed ? other(side) : side);

function address(packet: Packet, side: Side): string[] {
  const { at, protocol } = packet;
  const name = `${sideOf(packet, side)}ipaddr`;
  const text = at.text(name);
  if (text === undefined) return [];
  const ipv6 = isOverIpv6(protocol);
  const bits = at.number(`${sideOf(packet, side)}ipmask`) ?? (ipv6 ? 128 : 32);
  // any address is not looked at
  if (bits === 0) return [];
  const network = ipv6 ? ipv6Network(text, bits) : ipv4Network(text, bits);
  return [`${sign(at, name)}${side === 'src' ? '-s' : '-d'} ${network}/${bits}`];
}

/** Ranges of addresses: libvirt has the rule's source first, whichever way the packet goes. */
function ranges(packet: Packet): string[] {
  const { at, protocol } = packet;
  const plain = (text: string): string => (isOverIpv6(protocol) ? ipv6Network(text, 128) : text);
  return sides.flatMap((attribute) => {
    const from = at.text(`${attribute}ipfrom`);
    // an address of the same side comes first, and then a range is not looked at
    if (from === undefined || at.has(`${attribute}ipaddr`)) return [];
    const to = at.text(`${attribute}ipto`) ?? from;
    const option = `--${sideOf(packet, attribute)}-range`;
    return [`-m iprange ${sign(at, `${attribute}ipfrom`)}${option} ${plain(from)}-${plain(to)}`];
  });
}

const anyPort = '0:65535';

function ports(packet: Packet): { options: string[]; any: boolean } {
  const { at } = packet;
  const found = sides.flatMap((side) => {
    const name = `${sideOf(packet, side)}portstart`;
    const from = at.number(name);
    if (from === undefined) return [];
    const to = at.number(`${sideOf(packet, side)}portend`) ?? from;
    const value = from === to ? String(from) : `${from}:${to}`;
    return [
      { value, not: at.not(name), text: `${sign(at, name)}--${side === 'src' ? 's' : 'd'}port ${value}` },
    ];
  });
  // only sctp says of any port that it may be any; of "not any port" iptables makes just that, too
  const shown = packet.protocol.startsWith('sctp') ? found : found.filter(({ value }) => value !== anyPort);
  return { options: shown.map(({ text }) => text), any: found.some(({ not }) => !not) };
}

const bits = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'];
const bitList = (list: readonly string[]): string =>
  bits.filter((bit) => list.includes(bit)).join(',') || 'NONE';

function tcpFlags({ at }: Packet): { options: string[]; any: boolean } {
  const flags = at.flags('flags');
  if (!flags) return { options: [], any: false };
  const nothing = flags.mask.length === 0 && flags.set.length === 0;
  const text = `${sign(at, 'flags')}--tcp-flags ${bitList(flags.mask)} ${bitList(flags.set)}`;
  return { options: nothing ? [] : [text], any: !at.not('flags') };
}

function icmpType({ at, protocol }: Packet): string[] {
  const type = at.number('type');
  if (type === undefined) return [];
  const code = at.number('code');
  const ofIpv4 = protocol === 'icmp';
  const text = ofIpv4 && type === 255 ? 'any' : code === undefined ? String(type) : `${type}/${code}`;
  const option = ofIpv4 ? '-m icmp %--icmp-type' : '-m icmp6 %--icmpv6-type';
  return [`${option.replace('%', sign(at, 'type'))} ${text}`];
}

/** What is on top of IP. */
function upper(packet: Packet): string[] {
  const { at, protocol } = packet;
  const base = baseOf(protocol);
  if (base.startsWith('icmp')) return icmpType(packet);
  const [port, flags] = [ports(packet), tcpFlags(packet)];
  const option = at.number('option');
  const options = [
    ...port.options,
    ...(option === undefined ? [] : [`${sign(at, 'option')}--tcp-option ${option}`]),
    ...flags.options,
  ];
  if (options.length > 0) return [`-m ${base} ${options.join(' ')}`];
  return port.any || flags.any ? [`-m ${base}`] : [];
}

/** What a rule looks at in a packet, but for the MAC address and the state of the connection. */
export interface PacketMatch {
  /** Addresses and the protocol. */
  head: string[];
  rest: string[];
}

/** As iptables-save has it. */
export function packetMatch(packet: Packet): PacketMatch {
  const { at, protocol } = packet;
  const number = numbers[baseOf(protocol)];
  const dscp = at.number('dscp');
  const code =
    dscp === undefined ? [] : [`-m dscp ${sign(at, 'dscp')}--dscp 0x${dscp.toString(16).padStart(2, '0')}`];
  return {
    head: [
      ...sides.flatMap((side) => address(packet, side)),
      ...(number === undefined ? [] : [`-p ${number}`]),
    ],
    rest: [...ranges(packet), ...code, ...upper(packet)],
  };
}

/** A string as the save tools quote it. */
const quoted = (text: string): string =>
  /^[-_A-Za-z0-9]+$/.test(text) ? text : `"${text.replace(/["'\\]/g, '\\$&')}"`;

/** What libvirt looks at last. */
export function lastMatches({ at, reversed, protocol }: Packet, comment: string | undefined): string[] {
  const flags = at.words('ipsetflags');
  const name = at.text('ipset');
  const limit = reversed ? undefined : at.number('connlimit-above');
  const [above, mask] = [at.not('connlimit-above') ? 'upto' : 'above', isOverIpv6(protocol) ? 128 : 32];
  const swapped = flags?.map((side) => (reversed ? other(side as Side) : side));
  return [
    ...(name === undefined || !swapped ? [] : [`-m set --match-set ${name} ${swapped.join(',')}`]),
    ...(limit === undefined
      ? []
      : [`-m connlimit --connlimit-${above} ${limit} --connlimit-mask ${mask} --connlimit-saddr`]),
    ...(comment === undefined ? [] : [`-m comment --comment ${quoted(comment)}`]),
  ];
}
