import { type Connection, type NWFilterXML, VIR_ERR_NO_SUPPORT } from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import type { Filter } from '../nwfilter/model.js';
import { describeFilter, type FilterDescription } from '../xml/nwfilter.js';
import { comingFilter, readAllFilters } from './all-filters.js';
import { isComposedName } from './composed.js';
import { isAsShipped, shippedNames } from './shipped.js';

/** The variables that libvirt knows by itself. */
const builtIn: ReadonlySet<string> = new Set(['MAC']);
/** Variables that steer libvirt itself, whatever the filter. */
export const controlVariables: ReadonlySet<string> = new Set(['CTRL_IP_LEARNING', 'DHCPSERVER']);

/** The catalogs of filters that are read again and again while they stay the same. */
const made = new WeakMap<readonly NWFilterXML[], FilterCatalog>();

/** @param coming the filter that is to be in the place of the one of its name */
function catalogOf(
  filters: readonly NWFilterXML[],
  coming: { name: string; xml: string } | undefined,
): FilterCatalog {
  const known = made.get(filters) ?? new FilterCatalog(filters.map(({ xml }) => xml));
  made.set(filters, known);
  if (!coming) return known;
  const xmls = new Map(filters.map(({ name, xml }) => [name, xml]));
  const next = new FilterCatalog([...new Map(xmls).set(coming.name, coming.xml).values()]);
  return new FilterCatalog([...xmls.values()], next);
}

/** All filters of the host at one moment, and what they are made of. */
export class FilterCatalog {
  readonly #filters: ReadonlyMap<string, FilterDescription>;
  readonly #xmls: ReadonlyMap<string, string>;
  #changed: readonly string[] | undefined;
  /** Those that were read so far. */
  readonly #models = new Map<string, Filter>();

  /** The filters as they are to be when libvirt has rebuilt the rules of NICs, which it does now. */
  readonly next: FilterCatalog | undefined;

  constructor(xmls: readonly string[], next?: FilterCatalog) {
    this.next = next;
    const filters = xmls.map(describeFilter);
    this.#filters = new Map(filters.map((filter) => [filter.name, filter]));
    this.#xmls = new Map(filters.map(({ name }, i) => [name, xmls[i] ?? '']));
  }

  /** Reads them in one hop. @throws LibvirtError */
  static async read(connection: Connection): Promise<FilterCatalog> {
    try {
      return catalogOf(await readAllFilters(connection), comingFilter(connection));
    } catch (error) {
      // A driver without filters has none: its VMs can be looked at, though none can be made.
      if (isNotFound(error, VIR_ERR_NO_SUPPORT)) return new FilterCatalog([]);
      throw error;
    }
  }

  has(name: string): boolean {
    return this.#filters.has(name);
  }

  /**
   * A filter and all that it refers to, whole; what is missing is left out.
   * @throws Error when one says what this service does not know
   */
  models(name: string): Map<string, Filter> {
    const names = this.tree([name]).filters.map((filter) => filter.name);
    return new Map(names.map((one) => [one, this.#model(one)]));
  }

  #model(name: string): Filter {
    const model = this.#models.get(name) ?? filterFromLibvirt(this.#xmls.get(name) ?? '');
    this.#models.set(name, model);
    return model;
  }

  /** The shipped filters that say something else here than this service ships. */
  get changed(): readonly string[] {
    this.#changed ??= shippedNames.filter(
      (name) => this.has(name) && !isAsShipped(name, this.#xmls.get(name) ?? ''),
    );
    return this.#changed;
  }

  get names(): string[] {
    return [...this.#filters.keys()];
  }

  /** Whether a filter is another, or refers to it, directly or through others. */
  contains(name: string, part: string): boolean {
    return this.tree([name]).filters.some((filter) => filter.name === part);
  }

  /** The filters that refer to one directly. */
  referencesTo(name: string): string[] {
    return [...this.#filters.values()]
      .filter(({ entries }) => entries.some((entry) => 'ref' in entry && entry.ref === name))
      .map((filter) => filter.name);
  }

  /** The list that a NIC's one filterref stands for: a composed filter is shown as what it is made of. */
  listOf(filter: string | undefined): string[] {
    if (filter === undefined) return [];
    const composed = isComposedName(filter) ? this.#filters.get(filter) : undefined;
    // one that this host does not have stands for itself: an empty list would be no filter at all
    if (!composed) return [filter];
    return composed.entries.flatMap((entry) => ('ref' in entry ? [entry.ref] : []));
  }

  /** These filters and all that they refer to, each once. */
  tree(names: readonly string[]): { filters: FilterDescription[]; missing: string[] } {
    const seen = new Map<string, FilterDescription | undefined>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      const filter = this.#filters.get(name);
      seen.set(name, filter);
      for (const entry of filter?.entries ?? []) if ('ref' in entry) visit(entry.ref);
    };
    names.forEach(visit);
    return {
      filters: [...seen.values()].filter((filter) => filter !== undefined),
      missing: [...seen].flatMap(([name, filter]) => (filter ? [] : [name])),
    };
  }

  /** The variables that a NIC with these filters must give; those that a reference gives by itself are left out. */
  variables(names: readonly string[]): Set<string> {
    // each filter once: the ways to it may be beyond counting
    const known = new Map<string, ReadonlySet<string>>();
    const neededBy = (name: string): ReadonlySet<string> => {
      const before = known.get(name);
      if (before) return before;
      const needed = new Set<string>();
      known.set(name, needed); // a filter that leads back to itself adds nothing there
      for (const entry of this.#filters.get(name)?.entries ?? []) {
        const variables = 'ref' in entry ? neededBy(entry.ref) : entry.variables;
        const given = new Set('ref' in entry ? entry.parameters : []);
        for (const variable of variables) if (!given.has(variable)) needed.add(variable);
      }
      return needed;
    };
    return new Set(names.flatMap((name) => [...neededBy(name)]).filter((name) => !builtIn.has(name)));
  }

  /** The variables that references in these filters give by themselves, each with a filter that does so. */
  given(names: readonly string[]): Map<string, string> {
    const found = this.tree(names).filters.flatMap(({ name, entries }) =>
      entries.flatMap((entry) =>
        'ref' in entry ? entry.parameters.map((variable): [string, string] => [variable, name]) : [],
      ),
    );
    return new Map(found);
  }

  /** How many rules and references a filter comes to, each as often as libvirt makes it. */
  size(name: string): number {
    const known = new Map<string, number>();
    const sizeOf = (one: string): number => {
      const before = known.get(one);
      if (before !== undefined) return before;
      known.set(one, 1);
      const entries = this.#filters.get(one)?.entries ?? [];
      const size = entries.reduce((sum, entry) => sum + ('ref' in entry ? 1 + sizeOf(entry.ref) : 1), 0);
      known.set(one, size);
      return size;
    };
    return sizeOf(name);
  }
}
