import type { Connection, NWFilterXML } from 'node-libvirt';
import { filesMark, filterMarks, type Marks, unchangedBetween } from '../libvirt/files.js';

interface Known {
  /** What all of libvirt's files of filters came to, where that could be seen. */
  mark: string | undefined;
  /** And the single ones. */
  marks: Marks;
  items: readonly NWFilterXML[];
}

/** The filters that were read last. */
const known = new WeakMap<Connection, Known>();

/** All filters, where libvirt's files show that none has changed since they were last read. */
export function unchangedFilters(connection: Connection): readonly NWFilterXML[] | undefined {
  const last = known.get(connection);
  const mark = last && filesMark(connection, 'filters');
  return mark !== undefined && last?.mark === mark ? last.items : undefined;
}

/** Reads all filters: which there are, and of those that may have changed since they were last read what they say. @throws LibvirtError */
export async function readFilters(connection: Connection): Promise<readonly NWFilterXML[]> {
  // first of all: what changes after this changes them
  const [mark, marks] = [filesMark(connection, 'filters'), filterMarks(connection)];
  const unchanged = unchangedBetween(known.get(connection), marks);
  const same = new Map(unchanged.map((filter) => [filter.name, filter]));
  const read = await connection.getAllNWFiltersXML([...same.keys()]);
  const filters = read.map((filter) => same.get(filter.name) ?? filter);
  known.set(connection, { mark, marks, items: filters });
  return filters;
}
