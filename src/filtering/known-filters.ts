import type { Connection, NWFilterXML } from 'node-libvirt';
import { filesMark, filterMarks } from '../libvirt/files.js';

interface Known {
  /** What all of libvirt's files of filters came to, where that could be seen. */
  mark: string | undefined;
  /** The marks of the single files, by the filters' names. */
  marks: ReadonlyMap<string, string | undefined>;
  filters: readonly NWFilterXML[];
}

/** The filters that were read last. */
const known = new WeakMap<Connection, Known>();

/** All filters, where libvirt's files show that none has changed since they were last read. */
export function unchangedFilters(connection: Connection): readonly NWFilterXML[] | undefined {
  const last = known.get(connection);
  const mark = last && filesMark(connection, 'filters');
  return mark !== undefined && last?.mark === mark ? last.filters : undefined;
}

/** Reads all filters: which there are, and of those that may have changed since they were last read what they say. @throws LibvirtError */
export async function readFilters(connection: Connection): Promise<readonly NWFilterXML[]> {
  const last = known.get(connection);
  // first of all: what changes after this changes them
  const [mark, marks] = [filesMark(connection, 'filters'), filterMarks(connection)];
  const same = new Map(
    last?.filters
      .filter(({ name }) => marks.get(name) !== undefined && marks.get(name) === last.marks.get(name))
      .map((filter) => [filter.name, filter]),
  );
  const read = await connection.getAllNWFiltersXML([...same.keys()]);
  const filters = read.map((filter) => same.get(filter.name) ?? filter);
  known.set(connection, { mark, marks, filters });
  return filters;
}
