import { arp, rarp } from '../../hosts/index.js';
import { rows } from '../row.js';

/** A lie in RARP, in a frame whose source is true. */
export const rarpRows = rows({ class: 'mac', source: 'measured' }, [
  {
    name: 'rarp-forged-sender',
    what: 'the announcement after a migration, for a forged MAC',
    frames: ({ own, forged }) => rarp({ src: own.mac }, { senderMac: forged, targetMac: forged }),
  },
  {
    name: 'rarp-forged-sender-reply',
    what: 'a RARP reply with a forged sender MAC',
    frames: ({ own, forged, other, victim }) =>
      rarp(
        { src: own.mac },
        { op: 4, senderMac: forged, senderIp: other.ip, targetMac: victim.mac, targetIp: victim.ip },
      ),
  },
  {
    name: 'rarp-forged-frame',
    what: 'a whole RARP announcement as another, forged source MAC included',
    frames: ({ forged }) => rarp({ src: forged }),
  },
  {
    name: 'rarp-forged-sender-in-arp',
    what: 'a RARP request with a forged sender MAC, sent as ARP',
    frames: ({ own, forged }) =>
      arp(
        { src: own.mac },
        { op: 3, senderMac: forged, senderIp: '0.0.0.0', targetMac: forged, targetIp: '0.0.0.0' },
      ),
  },
]);
