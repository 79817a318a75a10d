// Addresses as the kernel's tools print them: what the mask leaves out is zero.

const octetsOf = (address: string, separator: string, radix: number): number[] =>
  address.split(separator).map((part) => parseInt(part, radix));

/** Keeps the first bits of groups of some bits each. */
const keep = (groups: number[], width: number, bits: number): number[] =>
  groups.map((group, i) => {
    const dropped = Math.min(Math.max(width * (i + 1) - bits, 0), width);
    return (group >> dropped) << dropped;
  });

/** An IPv4 network. */
export const ipv4Network = (address: string, bits: number): string =>
  keep(octetsOf(address, '.', 10), 8, bits).join('.');

/** The eight groups of an IPv6 address. */
export function ipv6Groups(address: string): number[] {
  // a dotted quad at the end becomes two groups
  const hex = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = hex.split('::');
  const groups = (half: string | undefined): number[] => (half ? octetsOf(half, ':', 16) : []);
  const [left, right] = [groups(head), groups(tail)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** The shortest spelling, as inet_ntop(3) has it: an IPv4 address in it is written as one. */
function formatIpv6(groups: number[]): string {
  const embeds = /^(0,){5}(0|65535),/.test(groups.join()) && groups.slice(5, 7).some((group) => group !== 0);
  const text = new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(
    1,
    -1,
  );
  if (!embeds) return text;
  const quad = groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]);
  return `${groups[5] === 0 ? '::' : '::ffff:'}${quad.join('.')}`;
}

/** An IPv6 network. */
export const ipv6Network = (address: string, bits: number): string =>
  formatIpv6(keep(ipv6Groups(address), 16, bits));

const known: Readonly<Record<string, string>> = {
  'ff:ff:ff:ff:ff:ff': 'Broadcast',
  '01:80:c2:00:00:00': 'BGA',
};
const allOnes = 'ff:ff:ff:ff:ff:ff';

/** A MAC address with its mask. */
export function macNetwork(address: string, mask: string = allOnes): string {
  if (mask === allOnes) return address;
  const bits = octetsOf(mask, ':', 16);
  const octets = octetsOf(address, ':', 16).map((octet, i) => octet & (bits[i] ?? 0));
  return `${octets.map((octet) => octet.toString(16).padStart(2, '0')).join(':')}/${mask}`;
}

/** The same in a frame's header, where ebtables has names for some. */
export function frameMac(address: string, mask?: string): string {
  const network = macNetwork(address, mask);
  return known[network] ?? network;
}
