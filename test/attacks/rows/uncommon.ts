import { arpMessage, ethernet, etherTypes, ipv6, udpDatagram } from '../../hosts/index.js';
import { rows } from '../row.js';

/** Honest traffic of few guests, which a strict filter may break: to be known before it is chosen. */
export const uncommonRows = rows({ class: 'uncommon', source: 'measured' }, [
  {
    name: 'uncommon-vlan',
    what: 'a guest that has VLANs of its own: a true ARP request in VLAN 5',
    frames: ({ own, victim }) =>
      ethernet({
        src: own.mac,
        tags: [{ vid: 5 }],
        type: etherTypes.arp,
        payload: arpMessage({ senderMac: own.mac, senderIp: own.ip, targetIp: victim.ip }),
      }),
  },
  {
    name: 'uncommon-port-authentication',
    what: 'EAPOL (802.1X), sent to one station',
    frames: ({ own, victim }) => ethernet({ src: own.mac, dst: victim.mac, type: 0x888e }),
  },
  {
    name: 'uncommon-pppoe',
    what: 'a PPPoE client that looks for a server',
    frames: ({ own }) =>
      ethernet({ src: own.mac, type: 0x8863, payload: Buffer.from([0x11, 9, 0, 0, 0, 0]) }),
  },
  {
    name: 'uncommon-unknown-type',
    what: 'a protocol that nobody knows',
    frames: ({ own }) => ethernet({ src: own.mac, type: 0x88b5 }),
  },
  {
    name: 'uncommon-llc',
    what: 'an 802.3 frame with an LLC header',
    frames: ({ own }) => ethernet({ src: own.mac, payload: Buffer.from([0xf0, 0xf0, 3]) }),
  },
  {
    name: 'uncommon-ipv6-no-next-header',
    what: 'IPv6 that says that nothing follows its header',
    frames: ({ own, victim }) =>
      ipv6({ src: own.mac, dst: victim.mac }, { src: own.ip6, dst: victim.ip6, protocol: 59 }),
  },
  {
    name: 'uncommon-ipv6-random-address',
    what: 'IPv6 from a random link-local or temporary address that nobody listed',
    frames: ({ own, victim }) =>
      ipv6(
        { src: own.mac, dst: victim.mac },
        {
          src: 'fe80::1234:5678:9abc:def0',
          dst: victim.linkLocal,
          protocol: 17,
          payload: udpDatagram(5353, 5353),
        },
      ),
  },
]);
