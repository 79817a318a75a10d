import { readdirSync, readFileSync } from 'node:fs';
import { type Connection, VIR_ERR_NO_NWFILTER, VIR_NWFILTER_DEFINE_VALIDATE } from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import { readingFilters } from './filter-gate.js';
import { heldFilters } from './all-filters.js';
import { sameFilter } from '../nwfilter/same.js';
import { filterName, filterReferences, withUuid } from '../xml/nwfilter.js';

const directory = new URL('../../filters/', import.meta.url);
/** libvirt's own filters that the default one refers to, as they must be. */
const baseDirectory = new URL('base/', directory);

export interface ShippedFilter {
  name: string;
  xml: string;
  references: string[];
}

/** The filters that come with the service, from its folder `filters/`, each after those that it refers to. */
export const readShippedFilters = (): ShippedFilter[] => inOrderOfReference(readFilters(directory));

function readFilters(from: URL): ShippedFilter[] {
  return readdirSync(from)
    .filter((file) => file.endsWith('.xml'))
    .toSorted()
    .map((file) => {
      const xml = readFileSync(new URL(file, from), 'utf8');
      return { name: filterName(xml), xml, references: filterReferences(xml) };
    });
}

/** libvirt takes a filter whose references are not there yet, but then cannot rebuild the rules of NICs that use it. */
export function inOrderOfReference<T extends Pick<ShippedFilter, 'name' | 'references'>>(
  filters: readonly T[],
): T[] {
  const ordered = new Set<T>();
  const add = (filter: T): void => {
    for (const other of filters) {
      if (other !== filter && !ordered.has(other) && filter.references.includes(other.name)) add(other);
    }
    ordered.add(filter);
  };
  filters.forEach(add);
  return [...ordered];
}

const shippedByName = new Map(readShippedFilters().map((filter) => [filter.name, filter]));

export const shippedNames: readonly string[] = [...shippedByName.keys()];

/** Whether a filter comes with the service: nobody else may change it. */
export const isShippedName = (name: string): boolean => shippedByName.has(name);

/** Whether a filter's XML says what the shipped filter of this name says. */
export function isAsShipped(name: string, xml: string): boolean {
  const shipped = shippedByName.get(name);
  return shipped !== undefined && sameFilter(shipped.xml, xml);
}

/** The filters libvirt's packages bring that the shipped ones are made of. */
export function baseFilterNames(shipped: ShippedFilter[]): string[] {
  const own = new Set(shipped.map(({ name }) => name));
  return [...new Set(shipped.flatMap(({ references }) => references))].filter((name) => !own.has(name));
}

export type DefineResult = 'defined' | 'updated' | 'unchanged';

/**
 * Brings one filter onto libvirt. An existing one keeps its UUID: so it is updated in place, also while NICs use
 * it, and the rules of running NICs are rebuilt without a gap. One that says the same already is not touched.
 * @throws LibvirtError
 */
export async function defineFilter(
  connection: Connection,
  { name, xml }: ShippedFilter,
): Promise<DefineResult> {
  const existing = await readingFilters(() => findFilter(connection, name));
  if (existing && sameFilter(existing.xml, xml)) return 'unchanged';
  // Unvalidated, libvirt takes a misspelled attribute for one that is not there, and the rule matches everything.
  const defined = await connection.nwfilterDefineXMLFlags(
    existing ? withUuid(xml, existing.uuid) : xml,
    VIR_NWFILTER_DEFINE_VALIDATE,
  );
  await defined.close();
  return existing ? 'updated' : 'defined';
}

/** A filter as it is on any host; undefined: there is none. @throws LibvirtError */
export async function findFilter(
  connection: Connection,
  name: string,
): Promise<{ uuid: string; xml: string } | undefined> {
  try {
    await using filter = await connection.lookupNWFilterByName(name);
    return { uuid: filter.uuid, xml: await filter.getXMLDesc() };
  } catch (error) {
    // Only this says that there is none: any other failure must not lead to a define.
    if (isNotFound(error, VIR_ERR_NO_NWFILTER)) return undefined;
    throw error;
  }
}

async function listFilterNames(connection: Connection): Promise<Set<string>> {
  const held = heldFilters(connection);
  if (held) return new Set(held.map(({ name }) => name));
  const filters = await readingFilters(() => connection.listAllNWFilters());
  const names = new Set(filters.map(({ name }) => name));
  await Promise.all(filters.map((filter) => filter.close()));
  return names;
}

/** The service's own filters on the host's libvirt, and what they stand on. */
export class ShippedFilters {
  readonly #shipped = readShippedFilters();
  readonly #base = baseFilterNames(this.#shipped);
  readonly #changed: (name: string, result: Exclude<DefineResult, 'unchanged'>) => void;

  /** @param changed is told of each that had to be brought onto libvirt */
  constructor(changed: (name: string, result: Exclude<DefineResult, 'unchanged'>) => void = () => undefined) {
    this.#changed = changed;
  }

  /**
   * Brings every shipped filter onto libvirt.
   * @returns what was done with each, by name
   * @throws Problem filters-missing, before anything is defined, when a base filter is not there
   */
  async define(connection: Connection): Promise<Record<string, DefineResult>> {
    this.#demandBase(await listFilterNames(connection));
    const results: Record<string, DefineResult> = {};
    for (const filter of this.#shipped) {
      const result = await defineFilter(connection, filter);
      results[filter.name] = result;
      if (result !== 'unchanged') this.#changed(filter.name, result);
    }
    return results;
  }

  /**
   * Makes sure, at the moment of asking, that all filters exist that a new NIC may need; a shipped one that is gone
   * comes back.
   * @throws Problem filters-missing
   */
  async demand(connection: Connection): Promise<void> {
    const present = await listFilterNames(connection);
    this.#demandBase(present);
    if (this.#shipped.some(({ name }) => !present.has(name))) await this.define(connection);
  }

  /** Which of the filters that the shipped ones stand on libvirt has. @throws LibvirtError */
  async baseFilters(connection: Connection): Promise<{ name: string; present: boolean }[]> {
    const present = await listFilterNames(connection);
    return this.#base.map((name) => ({ name, present: present.has(name) }));
  }

  /**
   * Brings the shipped filters, and those of libvirt's that the default one is made of, back to what they must say.
   * @throws Problem filters-missing; LibvirtError
   */
  async restore(connection: Connection): Promise<void> {
    for (const filter of readFilters(baseDirectory)) await defineFilter(connection, filter);
    await this.define(connection);
  }

  // libvirt defines a filter whose references do not exist, and fails only when a VM starts.
  #demandBase(present: Set<string>): void {
    const missing = this.#base.filter((name) => !present.has(name));
    if (missing.length === 0) return;
    throw new Problem(
      'filters-missing',
      `libvirt has no filter ${missing.join(' and no ')}: install libvirt's stock filters ` +
        '(Debian: libvirt-daemon-config-nwfilter, Fedora: libvirt-daemon-config-nwfilter) and restart libvirtd.',
    );
  }
}
