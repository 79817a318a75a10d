import { arpOpcodes } from '../values.js';
import { ipv4Network } from './addresses.js';
import { hex, hexNumber, inDirection, type Part, part } from './ebtables-parts.js';
import type { LookedAt } from './looked-at.js';

/** What rules of ARP and RARP look at in the message. */
export function arp(at: LookedAt, reversed: boolean): Part[] {
  const opcode = at.number('opcode', arpOpcodes);
  const name = Object.entries(arpOpcodes).find(([, number]) => number === opcode)?.[0];
  const protocol = hexNumber(at, 'protocoltype');
  // libvirt takes the sender's mask for the target's, too, where that has none
  const sourceMask = at.number('arpsrcipmask');
  const ip = (side: 'src' | 'dst') => (option: 0 | 1) => {
    const address = at.text(`arp${side}ipaddr`);
    const bits = (side === 'src' ? sourceMask : (at.number('arpdstipmask') ?? sourceMask)) ?? 32;
    const suffix = bits === 32 ? '' : `/${bits}`;
    const network = address && ipv4Network(address, bits) + suffix;
    return part(['--arp-ip-src', '--arp-ip-dst'][option] ?? '', network, at.not(`arp${side}ipaddr`));
  };
  const macOf = (side: 'src' | 'dst') => (option: 0 | 1) => {
    const attribute = `arp${side}macaddr`;
    const address = at.text(attribute);
    return part(['--arp-mac-src', '--arp-mac-dst'][option] ?? '', address, at.not(attribute));
  };
  const gratuitous = at.item('gratuitous');
  return [
    part('--arp-op', name ?? opcode, at.not('opcode')),
    part('--arp-htype', at.number('hwtype'), at.not('hwtype')),
    part('--arp-ptype', protocol === undefined ? undefined : `0x${hex(protocol)}`, at.not('protocoltype')),
    ...inDirection(reversed, ip('src'), ip('dst')),
    ...inDirection(reversed, macOf('src'), macOf('dst')),
    gratuitous?.value === true ? `${gratuitous.not ? '! ' : ''}--arp-gratuitous` : undefined,
  ];
}
