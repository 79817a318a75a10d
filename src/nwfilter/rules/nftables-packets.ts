import type { FilterRule } from '../model.js';
import { isOverIpv6 } from './iptables-match.js';
import type { LookedAt } from './looked-at.js';
import { field, joined, network, type Part, ports, shown, sign } from './nftables-parts.js';

/** How one of a filter's rules goes into a chain. */
export interface PacketVariant {
  /** Whether the chain is that of what the guest gets. */
  inward: boolean;
  /** Whether packets there go against the rule's direction: they are answers. */
  reversed: boolean;
}

const isIcmp = (protocol: string): boolean => protocol.startsWith('icmp');

/** Whether libvirt looks at the connection of what a rule matches, and lets answers through. */
export const looksAtConnection = ({ statematch, action, match, notMatch }: FilterRule): boolean =>
  statematch !== false && ((match?.state ?? notMatch?.state) !== undefined || action === 'accept');

function addresses(at: LookedAt, ipv6: boolean, reversed: boolean): Part[] {
  const ip = ipv6 ? 'ip6' : 'ip';
  const one = (side: 'src' | 'dst', key: string): Part => {
    if (at.has(`${side}ipaddr`)) return network(at, `${ip} ${key}`, side, '!');
    const from = shown(at, `${side}ipfrom`);
    if (from === undefined) return undefined;
    const to = shown(at, `${side}ipto`);
    return joined(`${ip} ${key}`, sign(at, `${side}ipfrom`, '!'), to === undefined ? from : `${from}-${to}`);
  };
  const [source, target] = reversed ? ['daddr', 'saddr'] : ['saddr', 'daddr'];
  const [src, dst] = [one('src', source), one('dst', target)];
  const dscp = shown(at, 'dscp');
  // without an address, libvirt takes every packet for one of IPv4
  const family = src === undefined && dst === undefined ? 'ip' : ip;
  return [src, dst, dscp && joined(`${family} dscp`, sign(at, 'dscp', '!'), dscp)];
}

const bitList = (bits: readonly string[]): string =>
  bits.length === 0 ? '0' : bits.length === 6 ? '*' : bits.join(',').toLowerCase();

function tcp(at: LookedAt): Part[] {
  const flags = at.flags('flags');
  const option = shown(at, 'option');
  return [
    flags && `tcp flags & ${bitList(flags.mask)} ${at.not('flags') ? '!=' : '=='} { ${bitList(flags.set)} }`,
    option && joined('tcp option', sign(at, 'option', '!'), option),
  ];
}

/** What is on top of IP. */
function upper(at: LookedAt, protocol: string, reversed: boolean): Part[] {
  if (isIcmp(protocol)) {
    if (!at.has('type')) return [];
    return [field(at, `${protocol} type`, 'type'), field(at, `${protocol} code`, 'code')];
  }
  const base = protocol.replace(/-ipv6$/, '');
  const { src, dst } = ports(at, base, reversed);
  return [...(base === 'tcp' ? tcp(at) : []), dst, src];
}

function protocolMatch(protocol: string): Part {
  if (isIcmp(protocol)) return `${protocol === 'icmpv6' ? 'ip6 nexthdr' : 'ip protocol'} ${protocol}`;
  const base = protocol.replace(/-ipv6$/, '');
  return base === 'all' ? undefined : `meta l4proto ${base}`;
}

function connection(at: LookedAt, rule: FilterRule, { inward, reversed }: PacketVariant): Part[] {
  const limit = inward ? undefined : shown(at, 'connlimit-above');
  const count = limit && joined('ct count over', sign(at, 'connlimit-above'), limit);
  if (!looksAtConnection(rule)) return [count];
  const states = at.words('state') ?? [];
  const usual = reversed ? 'established' : 'new,established';
  return [
    count,
    limit !== undefined || isIcmp(rule.protocol)
      ? undefined
      : `ct direction ${reversed ? 'reply' : 'original'}`,
    `ct state ${states.length > 0 ? states.join(',').toLowerCase() : usual}`,
  ];
}

/** What a rule for packets of IPv4 or IPv6 looks at, as libvirt hands it to nft. */
export function packetMatch(rule: FilterRule, at: LookedAt, variant: PacketVariant): Part {
  const { protocol } = rule;
  const ipv6 = isOverIpv6(protocol);
  return joined(
    `ether type ${ipv6 ? 'ip6' : 'ip'}`,
    protocolMatch(protocol),
    // the sender's, whichever way the packet goes
    field(at, 'ether saddr', 'srcmacaddr'),
    ...addresses(at, ipv6, variant.reversed),
    ...upper(at, protocol, variant.reversed),
    ...connection(at, rule, variant),
  );
}
