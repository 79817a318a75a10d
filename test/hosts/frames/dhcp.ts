import { ipBytes, macBytes, u16 } from './bytes.js';

export interface DhcpSpec {
  /** 1 from a client, 2 from a server. */
  op: 1 | 2;
  /** 1 discover, 2 offer, 3 request, 5 acknowledge. */
  message: number;
  clientMac: string;
  /** The address that a server gives. */
  gives?: string;
}

/** A DHCP message of IPv4. */
export function dhcpMessage({ op, message, clientMac, gives = '0.0.0.0' }: DhcpSpec): Buffer {
  const head = Buffer.concat([
    Buffer.from([op, 1, 6, 0]),
    macBytes(clientMac).subarray(2),
    u16(0),
    u16(0x8000),
    ipBytes('0.0.0.0'),
    ipBytes(gives),
    Buffer.alloc(8),
    macBytes(clientMac),
    Buffer.alloc(10 + 192),
  ]);
  return Buffer.concat([head, Buffer.from([0x63, 0x82, 0x53, 0x63, 53, 1, message, 255])]);
}
