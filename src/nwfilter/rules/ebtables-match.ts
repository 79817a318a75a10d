import type { FilterRule } from '../model.js';
import { etherTypes, ipProtocols } from '../values.js';
import { arp } from './ebtables-arp.js';
import { addresses, frame, frameType, hex, hexNumber, type Part, part, ports } from './ebtables-parts.js';
import { stp } from './ebtables-stp.js';
import { icmpv6Name } from './icmpv6-names.js';
import type { LookedAt } from './looked-at.js';

function vlan(at: LookedAt): Part[] {
  // libvirt writes the number as a decimal one
  const given = at.item('encap-protocol')?.given;
  const number = given === undefined ? at.number('encap-protocol', etherTypes) : undefined;
  const encap =
    number === undefined ? hexNumber(at, 'encap-protocol', etherTypes) : parseInt(String(number), 16);
  const shown = encap === undefined ? undefined : hex(encap & 0xffff, 4).toUpperCase();
  return [
    part('--vlan-id', at.number('vlanid'), at.not('vlanid')),
    part('--vlan-encap', shown, at.not('encap-protocol')),
  ];
}

function ip(at: LookedAt, reversed: boolean): Part[] {
  const dscp = at.number('dscp');
  // libvirt takes the code point for the whole octet
  const tos = dscp === undefined ? undefined : `0x${hex(dscp, 2).toUpperCase()}`;
  return [
    ...addresses(at, reversed, ['--ip-src', '--ip-dst'], 32),
    part('--ip-tos', tos, at.not('dscp')),
    part('--ip-proto', at.number('protocol', ipProtocols), at.not('protocol')),
    ...ports(at, reversed, ['--ip-sport', '--ip-dport']),
  ];
}

function icmpv6(at: LookedAt): Part {
  if (!['type', 'typeend', 'code', 'codeend'].some((name) => at.has(name))) return undefined;
  const [type, code] = [at.number('type'), at.number('code')];
  const types: [number, number] = [type ?? 0, at.number('typeend') ?? type ?? 255];
  const codes: [number, number] = [code ?? 0, at.number('codeend') ?? code ?? 255];
  const text = ([from, to]: [number, number]): string => (from === to ? String(from) : `${from}:${to}`);
  const value = icmpv6Name(types, codes) ?? `${text(types)}/${text(codes)}`;
  return part('--ip6-icmp-type', value, at.not('type'));
}

const ipv6 = (at: LookedAt, reversed: boolean): Part[] => [
  ...addresses(at, reversed, ['--ip6-src', '--ip6-dst'], 128),
  part('--ip6-proto', at.number('protocol', ipProtocols), at.not('protocol')),
  ...ports(at, reversed, ['--ip6-sport', '--ip6-dport']),
  icmpv6(at),
];

/**
 * What a rule of a bridge protocol looks at, as ebtables-save has it.
 * @param reversed whether sender and receiver are exchanged
 */
export function ebtablesMatch(protocol: FilterRule['protocol'], at: LookedAt, reversed: boolean): string[] {
  const of = (type: number): string => `-p ${frameType(type)}`;
  const macs = frame(at, reversed);
  const parts = (): Part[] => {
    switch (protocol) {
      case 'mac': {
        const type = hexNumber(at, 'protocolid', etherTypes);
        return [part('-p', type === undefined ? undefined : frameType(type), at.not('protocolid')), ...macs];
      }
      case 'vlan':
        return [of(etherTypes.vlan), ...macs, ...vlan(at)];
      case 'stp':
        return [...macs, '-d BGA', ...stp(at)];
      case 'arp':
      case 'rarp':
        return [of(etherTypes[protocol]), ...macs, ...arp(at, reversed)];
      case 'ip':
        return [of(etherTypes.ipv4), ...macs, ...ip(at, reversed)];
      case 'ipv6':
        return [of(etherTypes.ipv6), ...macs, ...ipv6(at, reversed)];
      default:
        return [];
    }
  };
  return parts().filter((one) => one !== undefined);
}
