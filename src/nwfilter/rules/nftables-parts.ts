import { etherTypes, isVariable } from '../values.js';
import { ipv6Network } from './addresses.js';
import type { LookedAt } from './looked-at.js';

/** What a rule looks at as libvirt hands it to nft; undefined where it does not. */
export type Part = string | undefined;

/** Joins those that are there. */
export const joined = (...parts: readonly Part[]): Part =>
  parts.some((part) => part !== undefined) ? parts.filter((part) => part !== undefined).join(' ') : undefined;

/** Names that libvirt has for numbers: of a value that the filter itself gives, it writes the number. */
export type Names = Readonly<Record<string, number>>;

/** A value as libvirt writes it: what the NIC gave for a variable as it was given. */
export function shown(at: LookedAt, name: string, names: Names = {}, hex = false): Part {
  const item = at.item(name);
  if (!item) return undefined;
  if (item.given !== undefined) return item.given;
  if (typeof item.value === 'string' && !(item.value in names) && !isVariable(item.value)) return item.value;
  const number = at.number(name, names) ?? 0;
  return hex ? `0x${number.toString(16)}` : String(number);
}

/** The sign of what must not be. */
export const sign = (at: LookedAt, name: string, not = '!='): Part => (at.not(name) ? not : undefined);

/** A field with its value: `ip protocol != 17`. */
export function field(at: LookedAt, key: string, name: string, names: Names = {}, hex = false): Part {
  const value = shown(at, name, names, hex);
  return value === undefined ? undefined : joined(key, sign(at, name), value);
}

/** The same in hexadecimal. */
export const hexField = (at: LookedAt, key: string, name: string, names: Names = etherTypes): Part =>
  field(at, key, name, names, true);

/** From the first to the last, or one only. */
export function range(at: LookedAt, key: string, name: string, last: string): Part {
  const from = shown(at, name);
  if (from === undefined) return undefined;
  const to = shown(at, last);
  return joined(key, sign(at, name), to === undefined ? from : `${from}-${to}`);
}

/** What nft calls the address of the sender, and that of the receiver. */
export const sides = (reversed: boolean): [source: string, target: string] =>
  reversed ? ['daddr', 'saddr'] : ['saddr', 'daddr'];

/** The ports of both sides. */
export function ports(at: LookedAt, key: string, reversed: boolean): { src: Part; dst: Part } {
  const [source, target] = reversed ? ['dport', 'sport'] : ['sport', 'dport'];
  return {
    src: range(at, `${key} ${source}`, 'srcportstart', 'srcportend'),
    dst: range(at, `${key} ${target}`, 'dstportstart', 'dstportend'),
  };
}

/** The addresses of a frame. */
export function frame(at: LookedAt, reversed: boolean): Part {
  const mac = (key: string, name: string, mask: string): Part => {
    const address = shown(at, name);
    if (address === undefined) return undefined;
    const bits = shown(at, mask);
    return joined(`ether ${key}`, bits && `& ${bits}`, at.not(name) ? '!=' : '==', address);
  };
  const [source, target] = sides(reversed);
  return joined(mac(source, 'srcmacaddr', 'srcmacmask'), mac(target, 'dstmacaddr', 'dstmacmask'));
}

/** An address of a packet, with its network. */
export function network(at: LookedAt, key: string, side: 'src' | 'dst', not?: string): Part {
  const name = `${side}ipaddr`;
  const text = shown(at, name);
  if (text === undefined) return undefined;
  const given = at.item(name)?.given !== undefined || !text.includes(':');
  const address = given ? text : ipv6Network(text, 128);
  const bits = shown(at, `${side}ipmask`);
  return joined(key, sign(at, name, not), bits === undefined ? address : `${address}/${bits}`);
}
