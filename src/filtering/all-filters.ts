import type { Connection, NWFilterXML } from 'node-libvirt';

/** Per connection: the filters while libvirt rebuilds rules, and the reads that are under way. */
const held = new WeakMap<Connection, readonly NWFilterXML[]>();
const underWay = new WeakMap<Connection, Set<Promise<unknown>>>();

/** The filters as they were when libvirt began to rebuild rules; undefined while it does not. */
export const heldFilters = (connection: Connection): readonly NWFilterXML[] | undefined =>
  held.get(connection);

/**
 * Reads all filters. While libvirt rebuilds the rules of NICs it tells nobody of filters, nor lets anybody change one:
 * then these are the filters as they were when it began. @throws LibvirtError
 */
export async function readAllFilters(connection: Connection): Promise<readonly NWFilterXML[]> {
  const known = held.get(connection);
  if (known) return known;
  const reads = underWay.get(connection) ?? new Set();
  underWay.set(connection, reads);
  const read = connection.getAllNWFiltersXML();
  reads.add(read);
  try {
    return await read;
  } finally {
    reads.delete(read);
  }
}

/**
 * Does work in which libvirt rebuilds rules, without anyone waiting in libvirt to read filters meanwhile.
 * @throws LibvirtError, and what the work throws
 */
export async function holdingFilters<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  held.set(connection, await readAllFilters(connection));
  try {
    // one that was begun before would be stuck in the middle
    await Promise.allSettled([...(underWay.get(connection) ?? [])]);
    return await work();
  } finally {
    held.delete(connection);
  }
}
