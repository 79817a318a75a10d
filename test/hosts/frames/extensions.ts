import { type Bytes, u16 } from './bytes.js';

/** Numbers of IPv6's extension headers. */
export const extensionTypes = { hopByHop: 0, fragment: 44, destination: 60 } as const;

/** A hop-by-hop header with the router alert that multicast listener reports carry. */
export const routerAlert = (next: number): Buffer => Buffer.from([next, 0, 5, 2, 0, 0, 1, 0]);

/** A destination options header of `length` bytes (a multiple of 8) that says nothing. */
export function destinationOptions(next: number, length = 8): Buffer {
  const header = Buffer.alloc(length);
  header.set([next, length / 8 - 1, 1, length - 4]);
  return header;
}

/** A fragment header; `offset` in bytes (a multiple of 8). */
export const fragmentHeader = (next: number, offset: number, more: boolean, id: number): Buffer =>
  Buffer.concat([Buffer.from([next, 0]), u16(offset | (more ? 1 : 0)), u16(0), u16(id)]);

/** A payload in two fragments, cut after `at` bytes: what follows the IPv6 header of each. */
export const inTwoFragments = (next: number, payload: Bytes, at: number, id: number): [Buffer, Buffer] => [
  Buffer.concat([fragmentHeader(next, 0, true, id), payload.subarray(0, at)]),
  Buffer.concat([fragmentHeader(next, at, false, id), payload.subarray(at)]),
];
