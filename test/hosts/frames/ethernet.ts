import { type Bytes, macBytes, u16 } from './bytes.js';

export const broadcast = 'ff:ff:ff:ff:ff:ff';

export const etherTypes = {
  ipv4: 0x0800,
  arp: 0x0806,
  rarp: 0x8035,
  vlan: 0x8100,
  qinq: 0x88a8,
  ipv6: 0x86dd,
} as const;

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

/** The source and destination MAC of a frame, in colon form. */
export const sourceMac = (frame: Buffer): string =>
  (frame.toString('hex', 6, 12).match(/../g) ?? []).join(':');
export const targetMac = (frame: Buffer): string =>
  (frame.toString('hex', 0, 6).match(/../g) ?? []).join(':');
