import { linkLocalOf } from '../hosts/index.js';
import type { Cast, Station } from './row.js';

/** Enough for all rows; the two bytes that tell the stations apart. */
const station = (prefix: string, group: number, number: number): Station => {
  const hex = (n: number): string => n.toString(16).padStart(2, '0');
  const mac = `52:54:00:${prefix}:${hex(group)}:${hex(number)}`;
  return {
    mac,
    ip: `10.66.${group}.${number}`,
    ip6: `fd66::${group.toString(16)}:${number.toString(16)}`,
    linkLocal: linkLocalOf(mac),
  };
};

/** The attacker on the NIC of this number. */
export const attacker = (nic: number): Station => station('a0', 0, nic + 2);

export const victim: Station = station('b0', 0, 1);

/** Those that rows pretend to be, by the number of the row. */
const others = (row: number): Pick<Cast, 'other' | 'forged'> => ({
  other: station('c0', 1 + (row >> 7), 1 + (row & 127)),
  forged: station('d0', 1 + (row >> 7), 1 + (row & 127)).mac,
});

export const castOf = (nic: number, row: number): Cast => ({ own: attacker(nic), victim, ...others(row) });
