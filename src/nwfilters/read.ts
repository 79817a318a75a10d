import type { Connection } from 'node-libvirt';
import { Problem } from '../errors.js';
import { readAllFilters } from '../filtering/all-filters.js';
import { FilterCatalog } from '../filtering/catalog.js';
import { isComposedName } from '../filtering/composed.js';
import { readingFilters } from '../filtering/filter-gate.js';
import { isShippedName } from '../filtering/shipped.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import { isRef } from '../nwfilter/model.js';
import type { Nwfilter } from '../schemas/nwfilter.js';
import { coverageOf } from './coverage.js';
import { minimumCompatibilityVersion } from './levels.js';
import { FilterUses } from './users.js';

/** All that is known of the host's filters at one moment. */
export interface FilterFacts {
  /** By name, those that the service made of lists included. */
  xmls: ReadonlyMap<string, string>;
  catalog: FilterCatalog;
  uses: FilterUses;
}

/** Reads all filters and who uses them. @throws LibvirtError */
export async function readFacts(connection: Connection): Promise<FilterFacts> {
  const [filters, uses] = await Promise.all([readAllFilters(connection), FilterUses.read(connection)]);
  return {
    xmls: new Map(filters.map(({ name, xml }) => [name, xml])),
    catalog: new FilterCatalog(filters.map(({ xml }) => xml)),
    uses,
  };
}

/** The same once one filter has changed, as libvirt has it now. @throws LibvirtError */
export async function rereadFilter(
  connection: Connection,
  facts: FilterFacts,
  name: string,
): Promise<FilterFacts> {
  const xml = await readingFilters(async () => {
    await using filter = await connection.lookupNWFilterByName(name);
    return await filter.getXMLDesc();
  });
  const xmls = new Map(facts.xmls).set(name, xml);
  return { xmls, catalog: new FilterCatalog([...xmls.values()]), uses: facts.uses };
}

/** The XML of a filter, as libvirt has it. @throws Problem nwfilter-unknown; also for one that was made of a list */
export function xmlOf({ xmls }: FilterFacts, name: string): string {
  const xml = isComposedName(name) ? undefined : xmls.get(name);
  if (xml === undefined) throw new Problem('nwfilter-unknown', `There is no network filter ${name}.`);
  return xml;
}

/** A filter as the API shows it. @throws Problem nwfilter-unknown */
export function viewOf(facts: FilterFacts, name: string): Nwfilter {
  const { catalog, uses } = facts;
  const xml = xmlOf(facts, name);
  const { uuid = '', ...filter } = filterFromLibvirt(xml);
  const coverage = coverageOf(name, xml);
  const references = filter.entries.flatMap((entry) => (isRef(entry) ? [entry.ref] : []));
  const tree = catalog.tree([name]).filters.map((part) => part.name);
  return {
    ...filter,
    uuid,
    parameters: [...catalog.variables([name])].sort(),
    references: [...new Set(references)],
    ...uses.of(name, catalog),
    managed: isShippedName(name),
    minimumCompatibilityVersion: minimumCompatibilityVersion(name, tree),
    ...(coverage && { coverage }),
  };
}

/** All filters but those that the service made of lists, in order of their names. */
export function listOf(facts: FilterFacts): Nwfilter[] {
  const names = [...facts.xmls.keys()].filter((name) => !isComposedName(name));
  return names.sort().map((name) => viewOf(facts, name));
}
