import { arp, type ArpSpec } from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';
import { poisons } from './effects.js';

/** An ARP message in a frame that is right. */
const message =
  (spec: (cast: Cast) => ArpSpec) =>
  (cast: Cast): Buffer =>
    arp({ src: cast.own.mac }, spec(cast));

const forgedSender = rows({ class: 'mac', source: 'measured' }, [
  {
    name: 'arp-forged-sender-request',
    what: "an ARP request that says another's address is at a forged MAC",
    frames: message(({ forged, other, victim }) => ({
      senderMac: forged,
      senderIp: other.ip,
      targetIp: victim.ip,
    })),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-reply',
    what: "an ARP reply that says another's address is at a forged MAC",
    frames: message(({ forged, other, victim }) => ({
      op: 2,
      senderMac: forged,
      senderIp: other.ip,
      targetMac: victim.mac,
      targetIp: victim.ip,
    })),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-gratuitous',
    what: "a gratuitous ARP that says another's address is at a forged MAC",
    frames: message(({ forged, other }) => ({
      op: 2,
      senderMac: forged,
      senderIp: other.ip,
      targetIp: other.ip,
    })),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-forged-sender-own-ip',
    what: "an ARP reply that says the NIC's own address is at a forged MAC",
    frames: message(({ own, forged, victim }) => ({
      op: 2,
      senderMac: forged,
      senderIp: own.ip,
      targetIp: victim.ip,
    })),
  },
  {
    name: 'arp-forged-sender-inverse',
    what: 'an inverse ARP reply with a forged sender MAC',
    source: 'RFC 2390',
    frames: message(({ own, forged, victim }) => ({
      op: 9,
      senderMac: forged,
      senderIp: own.ip,
      targetIp: victim.ip,
    })),
  },
  {
    name: 'arp-sender-broadcast-mac',
    what: "an ARP reply that says another's address is at the broadcast MAC: its traffic goes to all",
    frames: message(({ other, victim }) => ({
      op: 2,
      senderMac: 'ff:ff:ff:ff:ff:ff',
      senderIp: other.ip,
      targetIp: victim.ip,
    })),
  },
]);

const foreignAddress = rows({ class: 'ip', source: 'measured' }, [
  {
    name: 'arp-foreign-ip-request',
    what: "an ARP request that says another's address is at the NIC's true MAC",
    frames: message(({ own, other, victim }) => ({
      senderMac: own.mac,
      senderIp: other.ip,
      targetIp: victim.ip,
    })),
    effect: poisons('ip', 'own'),
  },
  {
    name: 'arp-foreign-ip-reply',
    what: "an ARP reply that says another's address is at the NIC's true MAC",
    frames: message(({ own, other, victim }) => ({
      op: 2,
      senderMac: own.mac,
      senderIp: other.ip,
      targetMac: victim.mac,
      targetIp: victim.ip,
    })),
    effect: poisons('ip', 'own'),
  },
  {
    name: 'arp-foreign-ip-gratuitous',
    what: "a gratuitous ARP that says another's address is at the NIC's true MAC",
    frames: message(({ own, other }) => ({ senderMac: own.mac, senderIp: other.ip, targetIp: other.ip })),
    effect: poisons('ip', 'own'),
  },
  {
    name: 'arp-probe-for-another',
    what: "an ARP probe for another's address, which denies it to its owner while the owner asks whether it is free",
    source: 'RFC 5227',
    frames: message(({ own, other }) => ({
      senderMac: own.mac,
      senderIp: '0.0.0.0',
      targetIp: other.ip,
    })),
  },
]);

/** A lie in ARP, in a frame whose source is true. */
export const arpRows = [...forgedSender, ...foreignAddress];
