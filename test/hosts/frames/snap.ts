import { type Bytes, u16 } from './bytes.js';
import { ethernet, type Link } from './ethernet.js';

/** The organisation codes under which an EtherType may follow in SNAP: RFC 1042's, and the bridge tunnel of 802.1H. */
export const snapCodes = { rfc1042: [0, 0, 0], bridgeTunnel: [0, 0, 0xf8] } as const;

export interface SnapSpec {
  /** The EtherType of what is inside. */
  type: number;
  payload: Bytes;
  code?: readonly number[];
  /** The length field; the true one unless told. */
  length?: number;
}

/** An 802.3 frame whose payload is said to be of an EtherType by an LLC and a SNAP header. */
export function snap(
  link: Omit<Link, 'type'>,
  { type, payload, code = snapCodes.rfc1042, length }: SnapSpec,
): Buffer {
  const inside = Buffer.concat([Buffer.from([0xaa, 0xaa, 3, ...code]), u16(type), payload]);
  return ethernet({ ...link, type: length ?? inside.length, payload: inside });
}
