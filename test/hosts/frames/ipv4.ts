import { type Bytes, checksum, ipBytes, u16 } from './bytes.js';
import { ethernet, etherTypes, type Link } from './ethernet.js';

export interface IpSpec {
  src: string;
  dst: string;
  protocol?: number;
  ttl?: number;
  payload?: Bytes;
}

/** An IPv4 packet with its checksum. */
export function ipv4Packet({
  src,
  dst,
  protocol = 253,
  ttl = 64,
  payload = Buffer.alloc(0),
}: IpSpec): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x45, 0]),
    u16(20 + payload.length),
    Buffer.from([0, 0, 0x40, 0, ttl, protocol, 0, 0]),
    ipBytes(src),
    ipBytes(dst),
  ]);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, payload]);
}

export const ipv4 = (link: Link, spec: IpSpec): Buffer =>
  ethernet({ type: etherTypes.ipv4, ...link, payload: ipv4Packet(spec) });

/** A UDP datagram; without a checksum, which IPv4 allows. */
export const udpDatagram = (sport: number, dport: number, payload: Bytes = Buffer.alloc(0)): Buffer =>
  Buffer.concat([u16(sport), u16(dport), u16(8 + payload.length), u16(0), payload]);

/** An ICMP message (echo request unless told); `rest` is all that follows type, code and checksum. */
export function icmpMessage(rest: Bytes = Buffer.from([0, 1, 0, 1]), type = 8, code = 0): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), rest]);
  message.writeUInt16BE(checksum(message), 2);
  return message;
}
