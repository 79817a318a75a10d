import { type Element, textOf } from './tree.js';

/** libvirt's units of sizes in bytes. */
const bytesPer: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  B: 1,
  KB: 1e3,
  k: 2 ** 10,
  K: 2 ** 10,
  KiB: 2 ** 10,
  MB: 1e6,
  M: 2 ** 20,
  MiB: 2 ** 20,
  GB: 1e9,
  G: 2 ** 30,
  GiB: 2 ** 30,
  TB: 1e12,
  T: 2 ** 40,
  TiB: 2 ** 40,
};

/** The bytes that an element with a size names; without a unit it is in `unit`. */
export function bytesOf(size: Element | undefined, unit = 'bytes'): number {
  return Number(textOf(size) ?? 0) * (bytesPer[size?.attributes.unit ?? unit] ?? 1);
}

/** The same of a domain's memory, whose unit is KiB unless it says another. */
export const memoryMiB = (memory: Element | undefined): number =>
  Math.round(bytesOf(memory, 'KiB') / 2 ** 20);
