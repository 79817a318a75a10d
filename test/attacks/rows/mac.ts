import {
  advertisementBody,
  arp,
  dhcpMessage,
  ethernet,
  icmp6,
  icmp6Types,
  icmpMessage,
  ipv4,
  udpDatagram,
} from '../../hosts/index.js';
import { rows } from '../row.js';
import { learned } from './effects.js';

const etherTypeForTests = 0x88b5;
const invalid = 'the bridge itself drops a frame whose source is no address of one station';

/** Another's MAC address in the Ethernet header. */
export const macRows = rows({ class: 'mac', source: 'measured' }, [
  {
    name: 'mac-forged-unknown-type',
    what: 'a frame of an unknown protocol with a forged source MAC',
    source: 'CVE-2016-5363: what is neither IP nor ARP was let through',
    frames: ({ forged }) => ethernet({ src: forged, type: etherTypeForTests }),
    effect: learned,
  },
  {
    name: 'mac-forged-ipv4',
    what: 'IPv4 with a forged source MAC',
    frames: ({ own, forged, victim }) =>
      ipv4({ src: forged }, { src: own.ip, dst: victim.ip, protocol: 1, payload: icmpMessage() }),
    effect: learned,
  },
  {
    name: 'mac-forged-ipv6',
    what: 'IPv6 with a forged source MAC',
    frames: ({ own, forged, victim }) =>
      icmp6(
        { src: forged },
        { src: own.ip6, dst: victim.ip6, type: icmp6Types.echoRequest, body: Buffer.alloc(4) },
      ),
    effect: learned,
  },
  {
    name: 'mac-forged-unicast',
    what: 'a forged source MAC, sent to one station only',
    frames: ({ forged, victim }) => ethernet({ src: forged, dst: victim.mac, type: etherTypeForTests }),
    effect: learned,
  },
  {
    name: 'mac-forged-arp',
    what: 'ARP that is right in itself, in a frame with a forged source MAC',
    source: 'CVE-2025-52890: ARP was accepted before the MAC address was looked at',
    frames: ({ own, forged, victim }) =>
      arp({ src: forged }, { senderMac: own.mac, senderIp: own.ip, targetIp: victim.ip }),
    effect: learned,
  },
  {
    name: 'mac-forged-neighbour-advertisement',
    what: 'neighbour discovery in a frame with a forged source MAC',
    source: 'CVE-2025-52890: neighbour discovery was accepted before the MAC address was looked at',
    frames: ({ own, forged }) =>
      icmp6(
        { src: forged },
        {
          src: own.ip6,
          dst: 'ff02::1',
          type: icmp6Types.neighbourAdvertisement,
          body: advertisementBody(own.ip6),
        },
      ),
    effect: learned,
  },
  {
    name: 'mac-forged-dhcp-discover',
    what: 'a DHCP request in a frame with a forged source MAC',
    source: 'CVE-2025-52889: DHCP was accepted before the MAC address was looked at',
    frames: ({ forged }) =>
      ipv4(
        { src: forged },
        {
          src: '0.0.0.0',
          dst: '255.255.255.255',
          protocol: 17,
          payload: udpDatagram(68, 67, dhcpMessage({ op: 1, message: 1, clientMac: forged })),
        },
      ),
    effect: learned,
  },
  ...[
    ['broadcast', 'ff:ff:ff:ff:ff:ff'],
    ['multicast', '01:00:5e:00:00:01'],
    ['zero', '00:00:00:00:00:00'],
  ].map(([kind = '', src = '']) => ({
    name: `mac-source-${kind}`,
    what: `a source MAC that is ${kind}`,
    frames: () => ethernet({ src, type: etherTypeForTests }),
    kernelDrops: invalid,
  })),
]);
