import {
  arpMessage,
  dhcpMessage,
  ethernet,
  etherTypes,
  icmp6,
  icmp6Types,
  icmpMessage,
  ipv4,
  neighbourAdvertisement,
  rarp,
  routerAdvertisementBody,
  type Tag,
  udpDatagram,
} from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';
import { poisons, routed } from './effects.js';

const priority: Tag = { vid: 0 };
const priorityOuter: Tag = { vid: 0, tpid: etherTypes.qinq };
const vlan0 = 'CVE-2020-17040, CVE-2021-27853: a tag for VLAN 0 hides what is inside';

const arpIn =
  (tags: Tag[], sender: 'own' | 'forged') =>
  ({ own, forged, other, victim }: Cast): Buffer => {
    const senderMac = sender === 'own' ? own.mac : forged;
    const payload = arpMessage({ op: 2, senderMac, senderIp: other.ip, targetIp: victim.ip });
    return ethernet({ src: own.mac, tags, type: etherTypes.arp, payload });
  };

const forgedSender = rows({ class: 'mac', source: 'measured' }, [
  {
    name: 'arp-forged-sender-tagged',
    what: 'ARP with a forged sender MAC in VLAN 5 (802.1Q)',
    frames: arpIn([{ vid: 5 }], 'forged'),
  },
  {
    name: 'arp-forged-sender-tagged-vid0',
    what: 'ARP with a forged sender MAC in a tag for VLAN 0, which receivers take for no tag',
    source: vlan0,
    frames: arpIn([priority], 'forged'),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-service-tagged',
    what: 'ARP with a forged sender MAC in a service tag (802.1ad)',
    frames: arpIn([{ vid: 5, tpid: etherTypes.qinq }], 'forged'),
  },
  {
    name: 'arp-forged-sender-service-tagged-vid0',
    what: 'ARP with a forged sender MAC in a service tag for VLAN 0',
    source: vlan0,
    frames: arpIn([priorityOuter], 'forged'),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-qinq',
    what: 'ARP with a forged sender MAC in a customer tag within a service tag',
    frames: arpIn([{ vid: 5, tpid: etherTypes.qinq }, { vid: 6 }], 'forged'),
  },
  {
    name: 'arp-forged-sender-double-tagged',
    what: 'ARP with a forged sender MAC in two 802.1Q tags',
    frames: arpIn([{ vid: 5 }, { vid: 6 }], 'forged'),
  },
  {
    name: 'arp-forged-sender-tags-vid0-many',
    what: 'ARP with a forged sender MAC in eight tags for VLAN 0',
    source: 'CVE-2020-17040: any number of such tags',
    frames: arpIn(new Array<Tag>(8).fill(priority), 'forged'),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-tags-vid0-mixed',
    what: 'ARP with a forged sender MAC in tags for VLAN 0 of both kinds by turns',
    source: 'CVE-2021-27853',
    frames: arpIn([priorityOuter, priority, priorityOuter, priority], 'forged'),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-old-tag',
    what: 'ARP with a forged sender MAC in a tag of type 0x9100, which older switches take',
    frames: arpIn([{ vid: 5, tpid: 0x9100 }], 'forged'),
  },
  {
    name: 'rarp-forged-sender-tagged',
    what: 'RARP with a forged sender MAC in a tag for VLAN 0',
    frames: ({ own, forged }) => rarp({ src: own.mac, tags: [priority] }, { senderMac: forged }),
  },
  {
    name: 'mac-forged-tagged',
    what: 'a tagged frame with a forged source MAC',
    frames: ({ forged }) => ethernet({ src: forged, tags: [{ vid: 5 }], type: 0x88b5 }),
  },
  {
    name: 'mac-forged-qinq',
    what: 'a doubly tagged frame with a forged source MAC',
    frames: ({ forged }) =>
      ethernet({ src: forged, tags: [{ vid: 5, tpid: etherTypes.qinq }, { vid: 6 }], type: 0x88b5 }),
  },
]);

const others = rows({ class: 'ip', source: vlan0 }, [
  {
    name: 'arp-foreign-ip-tagged-vid0',
    what: "ARP for another's address in a tag for VLAN 0",
    frames: arpIn([priority], 'own'),
    effect: poisons('ip', 'own'),
  },
  {
    name: 'ipv4-foreign-source-tagged-vid0',
    what: "IPv4 from another's address in a tag for VLAN 0",
    frames: ({ own, other, victim }) =>
      ipv4(
        { src: own.mac, tags: [priority] },
        { src: other.ip, dst: victim.ip, protocol: 1, payload: icmpMessage() },
      ),
  },
  {
    name: 'nd-foreign-target-tagged-vid0',
    what: "a neighbour advertisement for another's address in a tag for VLAN 0",
    class: 'nd',
    frames: ({ own, other }) =>
      neighbourAdvertisement({ src: own.mac, tags: [priority] }, own.ip6, other.ip6, own.mac),
    effect: poisons('ip6', 'own'),
  },
  {
    name: 'dhcp-server-tagged-vid0',
    what: 'an answer as a DHCP server in a tag for VLAN 0',
    class: 'dhcp',
    frames: ({ own, other, victim }) =>
      ipv4(
        { src: own.mac, tags: [priority] },
        {
          src: own.ip,
          dst: '255.255.255.255',
          protocol: 17,
          payload: udpDatagram(
            67,
            68,
            dhcpMessage({ op: 2, message: 2, clientMac: victim.mac, gives: other.ip }),
          ),
        },
      ),
  },
  {
    name: 'router-advertisement-tagged-vid0',
    what: 'a router advertisement in a tag for VLAN 0',
    class: 'router',
    frames: ({ own, other }) =>
      icmp6(
        { src: own.mac, tags: [priority] },
        {
          src: other.linkLocal,
          dst: 'ff02::1',
          type: icmp6Types.routerAdvertisement,
          body: routerAdvertisementBody(),
        },
      ),
    effect: routed,
  },
]);

/** The same lies behind tags, where a rule on the outer EtherType does not look. */
export const taggedRows = [...forgedSender, ...others];
