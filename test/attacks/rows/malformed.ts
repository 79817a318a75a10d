import { type ArpSpec, arpMessage, type Bytes, ethernet, etherTypes, u16 } from '../../hosts/index.js';
import { type Cast, rows } from '../row.js';
import { poisons } from './effects.js';

const lie = ({ forged, other, victim }: Cast): ArpSpec => ({
  op: 2,
  senderMac: forged,
  senderIp: other.ip,
  targetIp: victim.ip,
});

/** ARP with a forged sender MAC whose message was then spoiled. */
const spoiled =
  (spoil: (message: Buffer) => Bytes, pad = 60) =>
  (cast: Cast): Buffer =>
    ethernet({ src: cast.own.mac, type: etherTypes.arp, payload: spoil(arpMessage(lie(cast))), pad });

const withBytes =
  (at: number, bytes: Bytes) =>
  (message: Buffer): Buffer => {
    message.set(bytes, at);
    return message;
  };

/** Messages that a match may fail to read: a rule that drops what matches lets them through. */
export const malformedRows = rows({ class: 'mac', source: 'measured' }, [
  {
    name: 'arp-truncated',
    what: 'ARP with a forged sender MAC that ends before the target',
    frames: spoiled((message) => message.subarray(0, 18), 0),
  },
  {
    name: 'arp-hardware-length-8',
    what: 'ARP with a forged sender MAC whose hardware addresses are said to be 8 bytes long',
    frames: spoiled(withBytes(4, Buffer.from([8]))),
  },
  {
    name: 'arp-hardware-type-6',
    what: 'ARP with a forged sender MAC whose hardware is said to be IEEE 802, which Linux takes for Ethernet',
    frames: spoiled(withBytes(0, u16(6))),
    effect: poisons('ip', 'forged'),
  },
  {
    name: 'arp-protocol-length-16',
    what: 'ARP with a forged sender MAC whose protocol addresses are said to be 16 bytes long',
    frames: spoiled(withBytes(5, Buffer.from([16]))),
  },
  {
    name: 'arp-protocol-unknown',
    what: 'ARP with a forged sender MAC for another protocol than IPv4',
    frames: spoiled(withBytes(2, u16(0x1000))),
  },
]);
