import type { FilterRule } from '../model.js';
import { arpOpcodes, etherTypes, ipProtocols } from '../values.js';
import { ipv4Network } from './addresses.js';
import type { LookedAt } from './looked-at.js';
import { RulesError } from './model.js';
import {
  field,
  frame,
  hexField,
  joined,
  network,
  type Part,
  ports,
  shown,
  sides,
  sign,
} from './nftables-parts.js';
import { stp } from './nftables-stp.js';

/** nft compares no two fields: so each octet of both addresses is looked up in a set of pairs of the same. */
function gratuitous(at: LookedAt): Part {
  const item = at.item('gratuitous');
  if (item?.value !== true) return undefined;
  const masks = ['255.0.0.0', '0.255.0.0', '0.0.255.0', '0.0.0.255'];
  const is = item.not ? '!=' : '==';
  return masks.map((mask) => `arp saddr ip & ${mask} . arp daddr ip & ${mask} ${is} @same-ip-set`).join(' ');
}

function arp(at: LookedAt, reversed: boolean): Part[] {
  const [source, target] = sides(reversed);
  const sourceMask = at.has('arpsrcipaddr') ? shown(at, 'arpsrcipmask') : undefined;
  const ip = (key: string, name: string, mask: Part): Part => {
    const address = shown(at, name);
    return address && joined(`arp ${key} ip`, sign(at, name), `${address}/${mask ?? 32}`);
  };
  return [
    'ether type 0x806',
    field(at, 'arp htype', 'hwtype'),
    hexField(at, 'arp ptype', 'protocoltype'),
    field(at, 'arp operation', 'opcode', arpOpcodes),
    ip(source, 'arpsrcipaddr', sourceMask),
    // libvirt takes the sender's mask for the target's, too, where that has none
    ip(target, 'arpdstipaddr', shown(at, 'arpdstipmask') ?? sourceMask),
    field(at, `arp ${source} ether`, 'arpsrcmacaddr'),
    field(at, `arp ${target} ether`, 'arpdstmacaddr'),
    gratuitous(at),
  ];
}

const hexOf = (octets: readonly number[]): string =>
  `0x${octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')}`;

/** nft knows no fields of RARP: libvirt counts bits, and does so one way only. */
function rarp(at: LookedAt): Part[] {
  const ip = (start: number, side: 'src' | 'dst'): Part => {
    const name = `arp${side}ipaddr`;
    const address = at.text(name);
    if (address === undefined) return undefined;
    const bits = at.number(`arp${side}ipmask`) ?? 32;
    return joined(
      `@nh,${start},${bits}`,
      sign(at, name),
      hexOf(ipv4Network(address, bits).split('.').map(Number)),
    );
  };
  const mac = (start: number, name: string): Part => {
    const address = at.text(name);
    if (address === undefined) return undefined;
    const octets = address.split(':').map((octet) => parseInt(octet, 16));
    return joined(`@nh,${start},48`, sign(at, name), hexOf(octets));
  };
  return [
    'ether type 0x8035',
    hexField(at, '@nh,0,16', 'hwtype'),
    hexField(at, '@nh,40,16', 'protocoltype'),
    hexField(at, '@nh,48,16', 'opcode', arpOpcodes),
    ip(112, 'src'),
    ip(192, 'dst'),
    mac(64, 'arpsrcmacaddr'),
    mac(144, 'arpdstmacaddr'),
    gratuitous(at),
  ];
}

function ip(at: LookedAt, reversed: boolean): Part[] {
  const [source, target] = sides(reversed);
  const { src, dst } = ports(at, 'th', reversed);
  return [
    network(at, `ip ${source}`, 'src'),
    network(at, `ip ${target}`, 'dst'),
    field(at, 'ip protocol', 'protocol', ipProtocols),
    src,
    dst,
    hexField(at, 'ip dscp', 'dscp'),
  ];
}

function ipv6(at: LookedAt, reversed: boolean): Part[] {
  const [source, target] = sides(reversed);
  const { src, dst } = ports(at, 'th', reversed);
  return [
    'ether type ip6',
    network(at, `ip6 ${source}`, 'src'),
    network(at, `ip6 ${target}`, 'dst'),
    field(at, 'ip6 nexthdr', 'protocol', ipProtocols),
    src,
    dst,
    // libvirt leaves the ends of ranges out
    field(at, 'icmpv6 type', 'type'),
    field(at, 'icmpv6 code', 'code'),
  ];
}

/**
 * What a rule of a bridge protocol looks at, as libvirt hands it to nft.
 * @param reversed whether sender and receiver are exchanged
 * @throws RulesError
 */
export function frameMatch(protocol: FilterRule['protocol'], at: LookedAt, reversed: boolean): Part {
  const macs = frame(at, reversed);
  switch (protocol) {
    case 'mac':
      return joined(macs, hexField(at, 'ether type', 'protocolid'));
    case 'vlan':
      return joined(
        macs,
        'ether type 0x8100',
        field(at, 'vlan id', 'vlanid'),
        field(at, 'vlan type', 'encap-protocol', etherTypes),
      );
    case 'stp':
      if (reversed && at.has('srcmacaddr'))
        throw new RulesError('libvirt makes no rule of stp for both directions that has srcmacaddr');
      return joined(macs, 'ether daddr 01:80:c2:00:00:00', ...stp(at));
    case 'arp':
      return joined(macs, ...arp(at, reversed));
    case 'rarp':
      return joined(macs, ...rarp(at));
    case 'ip':
      return joined(at.not('protocol') ? 'ether type != ip' : 'ether type ip', macs, ...ip(at, reversed));
    case 'ipv6':
      return joined(macs, ...ipv6(at, reversed));
    default:
      return undefined;
  }
}
