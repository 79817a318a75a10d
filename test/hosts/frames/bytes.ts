/** Numbers and addresses as they go over the wire. */

export type Bytes = Uint8Array | Buffer;

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

/** Bytes, or hex already, as hex. */
export const hexOf = (frame: Bytes | string): string =>
  typeof frame === 'string' ? frame : Buffer.from(frame).toString('hex');
