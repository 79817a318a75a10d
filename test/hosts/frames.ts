/** Ethernet frames as bytes: pure functions, from the link layer up. */

export type Bytes = Uint8Array | Buffer;

export const broadcast = 'ff:ff:ff:ff:ff:ff';

export const etherTypes = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  vlan: 0x8100,
  qinq: 0x88a8,
  ipv6: 0x86dd,
} as const;

/** Six bytes of a MAC in colon form. */
export const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');

/** Four bytes of an IPv4 address. */
export const ipBytes = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number));

/** Sixteen bytes of an IPv6 address. */
export function ip6Bytes(ip: string): Buffer {
  const [head = '', tail] = ip.split('::');
  const groups = (text: string): string[] => (text ? text.split(':') : []);
  const [left, right] = [groups(head), groups(tail ?? '')];
  const middle = tail === undefined ? [] : new Array<string>(8 - left.length - right.length).fill('0');
  return Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** A big-endian 16-bit number. */
export const u16 = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);

/** The internet checksum. */
export function checksum(bytes: Bytes): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface Tag {
  vid: number;
  /** 0x8100 unless told. */
  tpid?: number;
  pcp?: number;
}

export interface EthernetSpec {
  src: string;
  dst?: string;
  /** Left out for an 802.3 frame, whose length field is then made of the payload's. */
  type?: number;
  /** From the outermost in. */
  tags?: Tag[];
  payload?: Bytes;
  /** Filled up to this length with zeros; 60, Ethernet's least, unless told. */
  pad?: number;
}

/** An Ethernet frame, without its checksum. */
export function ethernet({
  src,
  dst = broadcast,
  type,
  tags = [],
  payload = Buffer.alloc(0),
  pad = 60,
}: EthernetSpec): Buffer {
  const tagBytes = tags.flatMap(({ vid, tpid = etherTypes.vlan, pcp = 0 }) => [
    u16(tpid),
    u16((pcp << 13) | vid),
  ]);
  const frame = Buffer.concat([
    macBytes(dst),
    macBytes(src),
    ...tagBytes,
    u16(type ?? payload.length),
    payload,
  ]);
  return frame.length < pad ? Buffer.concat([frame, Buffer.alloc(pad - frame.length)]) : frame;
}

/** What a frame builder takes for the link layer; its type and payload are the builder's own. */
export type Link = Omit<EthernetSpec, 'payload'>;

export interface ArpSpec {
  /** 1 request, 2 reply; in RARP 3 and 4. */
  op?: number;
  senderMac: string;
  senderIp: string;
  targetMac?: string;
  targetIp: string;
}

/** The ARP (or RARP) message alone. */
export function arpMessage({
  op = 1,
  senderMac,
  senderIp,
  targetMac = '00:00:00:00:00:00',
  targetIp,
}: ArpSpec): Buffer {
  const head = Buffer.from([0, 1, 8, 0, 6, 4]);
  return Buffer.concat([
    head,
    u16(op),
    macBytes(senderMac),
    ipBytes(senderIp),
    macBytes(targetMac),
    ipBytes(targetIp),
  ]);
}

export const arp = (link: Link, spec: ArpSpec): Buffer =>
  ethernet({ type: etherTypes.arp, ...link, payload: arpMessage(spec) });

/** The RARP announcement that QEMU sends after a migration, unless told otherwise. */
export const rarp = (link: Link, spec: Partial<ArpSpec> = {}): Buffer =>
  ethernet({
    type: etherTypes.rarp,
    ...link,
    payload: arpMessage({
      op: 3,
      senderMac: link.src,
      targetMac: link.src,
      senderIp: '0.0.0.0',
      targetIp: '0.0.0.0',
      ...spec,
    }),
  });

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

/** A UDP datagram; without a checksum, which IPv4 allows. */
export const udpDatagram = (sport: number, dport: number, payload: Bytes = Buffer.alloc(0)): Buffer =>
  Buffer.concat([u16(sport), u16(dport), u16(8 + payload.length), u16(0), payload]);

/** An ICMP message (echo request unless told); `rest` is all that follows type, code and checksum. */
export function icmpMessage(rest: Bytes = Buffer.from([0, 1, 0, 1]), type = 8, code = 0): Buffer {
  const message = Buffer.concat([Buffer.from([type, code, 0, 0]), rest]);
  message.writeUInt16BE(checksum(message), 2);
  return message;
}

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

/** The source and destination MAC of a frame, in colon form. */
export const sourceMac = (frame: Buffer): string =>
  (frame.toString('hex', 6, 12).match(/../g) ?? []).join(':');
export const targetMac = (frame: Buffer): string =>
  (frame.toString('hex', 0, 6).match(/../g) ?? []).join(':');

let markers = 0;

/** A frame like no other: legal for `src` under any filter on MACs, with a text of its own, for `isFrame` to find. */
export const marker = (src: string, dst = broadcast): Buffer =>
  ipv4(
    { src, dst },
    {
      src: '0.0.0.0',
      dst: '255.255.255.255',
      protocol: 17,
      payload: udpDatagram(68, 67, Buffer.from(`marker ${process.pid} ${++markers}.`)),
    },
  );

/**
 * A predicate: this very frame, whatever zeros fill it up. A host whose bridges call iptables (br_netfilter) cuts IP packets
 * down to their length and so takes Ethernet's padding away.
 */
export const isFrame =
  (frame: Bytes) =>
  (seen: Buffer): boolean => {
    const length = Math.min(seen.length, frame.length);
    const rest = seen.length > length ? seen.subarray(length) : frame.subarray(length);
    return seen.subarray(0, length).equals(frame.subarray(0, length)) && rest.every((byte) => byte === 0);
  };
