import { ipBytes, macBytes, u16 } from './bytes.js';
import { ethernet, etherTypes, type Link } from './ethernet.js';

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
