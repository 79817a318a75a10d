import type { Connection, NWFilterXML } from 'node-libvirt';
import { readingFilters } from './filter-gate.js';
import { readFilters, unchangedFilters } from './known-filters.js';

/** Per connection: the filters while libvirt rebuilds rules, and the reads that are under way. */
const held = new WeakMap<Connection, readonly NWFilterXML[]>();
/** The filter that is to be in the place of the one of its name when libvirt has rebuilt the rules. */
const coming = new WeakMap<Connection, { name: string; xml: string }>();
const underWay = new WeakMap<Connection, Set<Promise<unknown>>>();

/** The filters as they were when libvirt began to rebuild rules; undefined while it does not. */
export const heldFilters = (connection: Connection): readonly NWFilterXML[] | undefined =>
  held.get(connection);

/** The filter that libvirt rebuilds rules for now. */
export const comingFilter = (connection: Connection): { name: string; xml: string } | undefined =>
  coming.get(connection);

/**
 * Reads all filters. While libvirt rebuilds the rules of NICs it tells nobody of filters, nor lets anybody change one:
 * then these are the filters as they were when it began. @throws LibvirtError
 */
export async function readAllFilters(connection: Connection): Promise<readonly NWFilterXML[]> {
  const known = held.get(connection) ?? unchangedFilters(connection);
  if (known) return known;
  const reads = underWay.get(connection) ?? new Set();
  underWay.set(connection, reads);
  const read = readingFilters(() => readFilters(connection));
  reads.add(read);
  try {
    return await read;
  } finally {
    reads.delete(read);
  }
}

/**
 * Does work in which libvirt rebuilds rules for a filter, without anyone waiting in libvirt to read filters meanwhile.
 * @throws LibvirtError, and what the work throws
 */
export async function holdingFilters<T>(
  connection: Connection,
  filter: { name: string; xml: string },
  work: () => Promise<T>,
): Promise<T> {
  held.set(connection, await readAllFilters(connection));
  coming.set(connection, filter);
  try {
    // one that was begun before would be stuck in the middle
    await Promise.allSettled([...(underWay.get(connection) ?? [])]);
    return await work();
  } finally {
    held.delete(connection);
    coming.delete(connection);
  }
}
