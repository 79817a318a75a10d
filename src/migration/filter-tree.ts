import {
  type Connection,
  VIR_ERR_NO_NWFILTER,
  VIR_ERR_OPERATION_INVALID,
  VIR_NWFILTER_DEFINE_VALIDATE,
} from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import type { FilterCatalog } from '../filtering/catalog.js';
import { findFilter, inOrderOfReference } from '../filtering/shipped.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import { isSameFilter } from '../nwfilter/same.js';
import { type Filter, isRef } from '../nwfilter/model.js';
import { filterToXml } from '../nwfilter/to-xml.js';
import { withUuid } from '../xml/nwfilter.js';

/** So many lines of a difference are shown. */
const mostLines = 6;

/** A filter of the destination as it was, for the way back: without XML it was not there. */
interface Before {
  name: string;
  xml?: string;
}

const linesOf = (filter: Filter): string[] => filter.entries.map((entry) => JSON.stringify(entry));

function only(these: readonly string[], those: readonly string[], where: string): string[] {
  const found = these.filter((line) => !those.includes(line));
  const shown = found.slice(0, mostLines).map((line) => `${where} only: ${line}`);
  return found.length > mostLines ? [...shown, `and ${found.length - mostLines} more`] : shown;
}

/** What two filters of the same name say differently. */
function difference(here: Filter, there: Filter): string {
  const [a, b] = [linesOf(here), linesOf(there)];
  const lines = [...only(a, b, 'here'), ...only(b, a, 'there')];
  const heads = (['chain', 'priority'] as const).flatMap((key) =>
    here[key] === there[key] ? [] : [`${key} ${here[key]} here, ${there[key]} there`],
  );
  const all = [...heads, ...lines];
  return `${here.name} (${all.length > 0 ? all.join('; ') : 'the order of its entries'})`;
}

/** Filters, each after those that it refers to. */
const inOrder = (models: Iterable<Filter>): Filter[] =>
  inOrderOfReference(
    [...models].map((model) => ({
      model,
      name: model.name,
      references: model.entries.flatMap((entry) => (isRef(entry) ? [entry.ref] : [])),
    })),
  ).map(({ model }) => model);

/** The filters that a VM's NICs need, brought to the destination, with the way back. */
export class FilterTree {
  readonly #filters: readonly Filter[];
  readonly #before: Before[] = [];

  /** @param names of NICs' filters @throws Problem nwfilter-not-found */
  constructor(catalog: FilterCatalog, names: readonly string[]) {
    const { missing } = catalog.tree(names);
    if (missing.length > 0)
      throw new Problem(
        'nwfilter-not-found',
        `This host has no filter ${missing.join(', ')}, which the VM needs.`,
      );
    this.#filters = inOrder(new Map(names.flatMap((name) => [...catalog.models(name)])).values());
  }

  /**
   * Has all filters exist on the destination, saying the same as here.
   * @param replace what says something else
   * @returns how many were not there, or not so
   * @throws Problem nwfilter-differs with the difference, before anything is changed; LibvirtError
   */
  async bring(connection: Connection, replace: boolean): Promise<number> {
    const found = await Promise.all(
      this.#filters.map(async (filter) => {
        const there = await findFilter(connection, filter.name);
        return { filter, there, model: there && filterFromLibvirt(there.xml) };
      }),
    );
    const different = found.flatMap(({ filter, model }) =>
      model && !isSameFilter(filter, model) ? [difference(filter, model)] : [],
    );
    if (different.length > 0 && !replace) {
      throw new Problem(
        'nwfilter-differs',
        `The destination has other filters of the same names: ${different.join('. ')}. With replaceFilters they are replaced.`,
      );
    }
    let brought = 0;
    for (const { filter, there, model } of found) {
      if (model && isSameFilter(filter, model)) continue;
      const xml = filterToXml({ ...filter, uuid: undefined });
      const made = await connection.nwfilterDefineXMLFlags(
        there ? withUuid(xml, there.uuid) : xml,
        VIR_NWFILTER_DEFINE_VALIDATE,
      );
      await made.close();
      this.#before.unshift({ name: filter.name, ...(there && { xml: there.xml }) });
      brought += 1;
    }
    return brought;
  }

  /** Puts the destination's filters back, but for those that somebody uses by now. @throws LibvirtError */
  async takeBack(connection: Connection): Promise<void> {
    for (const { name, xml } of this.#before.splice(0)) {
      if (xml !== undefined) {
        await (await connection.nwfilterDefineXMLFlags(xml)).close();
        continue;
      }
      try {
        await using filter = await connection.lookupNWFilterByName(name);
        await filter.undefine();
      } catch (error) {
        if (!isNotFound(error, VIR_ERR_NO_NWFILTER) && !isNotFound(error, VIR_ERR_OPERATION_INVALID))
          throw error;
      }
    }
  }
}
