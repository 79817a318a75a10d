import { type Bytes, checksum, ipBytes, u16 } from './bytes.js';
import { ethernet, etherTypes, type Link } from './ethernet.js';

export interface IpSpec {
  src: string;
  dst: string;
  protocol?: number;
  ttl?: number;
  payload?: Bytes;
}

export interface Ipv4Spec extends IpSpec {
  /** The word of flags and fragment offset; "don't fragment" unless told. */
  fragment?: number;
  /** A multiple of 4 bytes. */
  options?: Bytes;
}

/** An IPv4 packet with its checksum. */
export function ipv4Packet({
  src,
  dst,
  protocol = 253,
  ttl = 64,
  fragment = 0x4000,
  options = Buffer.alloc(0),
  payload = Buffer.alloc(0),
}: Ipv4Spec): Buffer {
  const length = 20 + options.length;
  const head = Buffer.concat([
    Buffer.from([0x40 | (length / 4), 0]),
    u16(length + payload.length),
    u16(0),
    u16(fragment),
    Buffer.from([ttl, protocol, 0, 0]),
    ipBytes(src),
    ipBytes(dst),
    options,
  ]);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, payload]);
}

export const ipv4 = (link: Link, spec: Ipv4Spec): Buffer =>
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
