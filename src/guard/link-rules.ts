import type { Demands, FrameType } from './demands.js';
import { accept, anyOf, bytes, drop, type GuardRule, macNumber } from './rule.js';
import { oneOf } from './sets.js';

const etherTypes: Readonly<Record<FrameType, string>> = {
  ip: '0x0800',
  arp: '0x0806',
  rarp: '0x8035',
  ip6: '0x86dd',
};
/** Hardware Ethernet, protocol IPv4, addresses of 6 and 4 bytes. */
const head = '0x000108000604';

/** Where a message begins, for the tags that the kernel leaves in the frame: it takes the outermost off before any guard looks. */
interface Place {
  at: number;
  is: (type: string) => string;
}
const places: readonly [Place, Place] = [
  { at: 0, is: (type) => `meta protocol ${type}` },
  { at: 4, is: (type) => `meta protocol ${oneOf('tag_types')} ${bytes('nh', 2, 2)} ${type}` },
];

function tagRules({ tags }: Demands): GuardRule[] {
  if (tags === 0) return [drop('tag', `ether type ${oneOf('tag_types')}`)];
  if (tags === 1) return [drop('tag', `meta protocol ${oneOf('tag_types')}`)];
  return [drop('tag', places[1].is(oneOf('inner_tag_types')))];
}

const typeRules = ({ types }: Demands): GuardRule[] =>
  types ? [drop('type', `meta protocol != ${anyOf(types.map((type) => etherTypes[type]))}`)] : [];

/** What an LLC and a SNAP header may say is inside of an 802.3 frame, and must not. */
function snapRule({ at, is }: Place, demands: Demands): GuardRule {
  const types = demands.tags < 2 ? 'snap_packet_types' : 'snap_types';
  const service = `${bytes('nh', at, 2)} & 0xfefe == 0xaaaa`;
  return drop('snap', is('< 0x0600'), service, bytes('nh', at + 6, 2), oneOf(types));
}

function arpRules({ at, is }: Place, mac: string, { arp }: Demands): GuardRule[] {
  const type = is(etherTypes.arp);
  const own = `${type} ${bytes('nh', at, 6)} ${head} ${bytes('nh', at + 8, 6)} ${macNumber(mac)}`;
  const forged = drop('arp', type);
  if (!arp) return [accept(own), forged];
  const addresses = anyOf(arp.map((ip) => `0x${Buffer.from(ip.split('.').map(Number)).toString('hex')}`));
  const sender = bytes('nh', at + 14, 4);
  return [
    accept(own, sender, addresses),
    accept(own, bytes('nh', at + 6, 2), '1', sender, '0', bytes('nh', at + 24, 4), addresses),
    drop('ip', own),
    forged,
  ];
}

function rarpRules({ at, is }: Place, mac: string, { announcementsOnly }: Demands): GuardRule[] {
  const type = is(etherTypes.rarp);
  const own = `${type} ${bytes('nh', at, 6)} ${head} ${bytes('nh', at + 8, 6)} ${macNumber(mac)}`;
  const announcement = [
    ...[bytes('nh', at + 6, 2), '3', bytes('nh', at + 14, 4), '0'],
    ...[bytes('nh', at + 18, 6), macNumber(mac), bytes('nh', at + 24, 4), '0'],
  ];
  return [announcementsOnly ? accept(own, ...announcement) : accept(own), drop('rarp', type)];
}

/**
 * The rules for Ethernet, its tags, ARP and RARP. They say what is right and drop the rest of the type: a message that is too
 * short or too odd for a match does not match.
 */
export function linkRules(mac: string, demands: Demands): GuardRule[] {
  const looked = demands.tags === 2 ? places : places.slice(0, 1);
  return [
    drop('mac', `ether saddr != ${mac}`),
    ...tagRules(demands),
    ...typeRules(demands),
    ...looked.flatMap((place) => [
      snapRule(place, demands),
      ...arpRules(place, mac, demands),
      ...rarpRules(place, mac, demands),
    ]),
  ];
}
