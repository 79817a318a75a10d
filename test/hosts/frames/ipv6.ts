import { type Bytes, checksum, ip6Bytes, macBytes, u16 } from './bytes.js';
import { ethernet, etherTypes, type Link } from './ethernet.js';
import type { IpSpec } from './ipv4.js';

/** An IPv6 packet; `protocol` is its next header, `ttl` its hop limit. */
export function ipv6Packet({
  src,
  dst,
  protocol = 59,
  ttl = 255,
  payload = Buffer.alloc(0),
}: IpSpec): Buffer {
  const head = [Buffer.from([0x60, 0, 0, 0]), u16(payload.length), Buffer.from([protocol, ttl])];
  return Buffer.concat([...head, ip6Bytes(src), ip6Bytes(dst), payload]);
}

export const ipv6 = (link: Link, spec: IpSpec): Buffer =>
  ethernet({ type: etherTypes.ipv6, ...link, payload: ipv6Packet(spec) });

/** An ICMPv6 message, whose checksum covers the addresses it is sent between. */
export function icmp6Message(src: string, dst: string, type: number, rest: Bytes, code = 0): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), rest]);
  const pseudo = Buffer.concat([
    ip6Bytes(src),
    ip6Bytes(dst),
    Buffer.from([0, 0]),
    u16(message.length),
    Buffer.from([0, 0, 0, 58]),
  ]);
  message.writeUInt16BE(checksum(Buffer.concat([pseudo, message])), 2);
  return message;
}

/** An unsolicited neighbour advertisement of `target` with the target link-layer option `mac` (none where null). */
export function neighbourAdvertisement(
  link: Link,
  src: string,
  target: string,
  mac: string | null,
  dst = 'ff02::1',
): Buffer {
  const option = mac === null ? Buffer.alloc(0) : Buffer.concat([Buffer.from([2, 1]), macBytes(mac)]);
  const payload = icmp6Message(
    src,
    dst,
    136,
    Buffer.concat([Buffer.from([0x20, 0, 0, 0]), ip6Bytes(target), option]),
  );
  return ipv6({ dst: '33:33:00:00:00:01', ...link }, { src, dst, protocol: 58, payload });
}
