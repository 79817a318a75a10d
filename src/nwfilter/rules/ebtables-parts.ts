import { frameMac, ipv4Network, ipv6Network } from './addresses.js';
import type { LookedAt } from './looked-at.js';

/** What a rule looks at as ebtables-save has it; undefined where it does not. */
export type Part = string | undefined;

export const hex = (number: number, digits = 0): string => number.toString(16).padStart(digits, '0');

/** ebtables has the sign between the option and its value. */
export const part = (option: string, value: string | number | undefined, not: boolean): Part =>
  value === undefined ? undefined : `${option} ${not ? '! ' : ''}${value}`;

/** What libvirt hands on as it was given, and ebtables reads as hexadecimal. */
export function hexNumber(at: LookedAt, name: string, names: Readonly<Record<string, number>> = {}) {
  const { given } = at.item(name) ?? {};
  if (given !== undefined && /^(0x)?[0-9a-f]+$/i.test(given)) return parseInt(given, 16) & 0xffff;
  return at.number(name, names);
}

/** ebtables has a name for the lowest. */
export const frameType = (type: number): string => (type === 0x600 ? 'Length' : `0x${hex(type)}`);

function mac(at: LookedAt, option: string, name: string, mask: string): Part {
  const address = at.text(name);
  return part(option, address && frameMac(address, at.text(mask)), at.not(name));
}

export function frame(at: LookedAt, reversed: boolean): Part[] {
  const [src, dst] = reversed ? ['-d', '-s'] : ['-s', '-d'];
  const parts = [mac(at, src, 'srcmacaddr', 'srcmacmask'), mac(at, dst, 'dstmacaddr', 'dstmacmask')];
  return reversed ? parts.reverse() : parts;
}

/** From the first to the last, or one only. */
export function range(at: LookedAt, option: string, name: string, last: string): Part {
  const from = at.number(name);
  const to = at.number(last) ?? from;
  return part(option, from === to ? from : `${from}:${to}`, at.not(name));
}

export function inDirection(
  reversed: boolean,
  source: (option: 0 | 1) => Part,
  target: (option: 0 | 1) => Part,
) {
  return reversed ? [target(0), source(1)] : [source(0), target(1)];
}

export function addresses(
  at: LookedAt,
  reversed: boolean,
  options: readonly [string, string],
  bits: 32 | 128,
): Part[] {
  const network = bits === 32 ? ipv4Network : ipv6Network;
  const one = (side: 'src' | 'dst') => (option: 0 | 1) => {
    const name = `${side}ipaddr`;
    const address = at.text(name);
    const length = at.number(`${side}ipmask`) ?? bits;
    const suffix = length === bits ? '' : `/${length}`;
    return part(options[option], address && network(address, length) + suffix, at.not(name));
  };
  return inDirection(reversed, one('src'), one('dst'));
}

export const ports = (at: LookedAt, reversed: boolean, options: readonly [string, string]): Part[] =>
  inDirection(
    reversed,
    (option) => range(at, options[option], 'srcportstart', 'srcportend'),
    (option) => range(at, options[option], 'dstportstart', 'dstportend'),
  );
