import { splitComment } from './comment.js';
import type { Table } from './model.js';

const frames: Readonly<Record<string, string>> = {
  '0x800': 'IPv4',
  '0x806': 'ARP',
  '0x8035': 'RARP',
  '0x8100': '802_1Q',
  '0x86dd': 'IPv6',
};
const packets: Readonly<Record<string, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  50: 'esp',
  51: 'ah',
  58: 'ipv6-icmp',
  132: 'sctp',
  136: 'udplite',
};

/** A rule's text with names for the protocols that everybody has a name for. */
export function readable(table: Table, text: string): string {
  const ofFrames = table === 'ebtables';
  const [match, rest] = splitComment(text);
  const named = match.replace(
    /(?<=^| )(-p|--ip6?-proto) (! )?(\S+)/g,
    (_, name: string, not = '', value: string) => {
      const names = ofFrames && name === '-p' ? frames : packets;
      return `${name} ${not}${names[value] ?? value}`;
    },
  );
  return named + rest;
}
