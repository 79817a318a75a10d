import { createHash } from 'node:crypto';
import type { MutexInterface } from 'async-mutex';
import {
  type Connection,
  type NWFilter,
  VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE,
  VIR_ERR_NO_NWFILTER,
  VIR_ERR_NO_SUPPORT,
  VIR_ERR_OPERATION_INVALID,
} from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { allDomainXmls } from '../libvirt/domain-xmls.js';
import { readDomain } from '../xml/domain.js';
import { buildComposedFilter } from '../xml/nwfilter.js';
import { readingFilters } from './filter-gate.js';
import { defineFilter } from './shipped.js';

const prefix = 'virtwarden-list-';

/** Whether a filter is one that the service made of a list. */
export const isComposedName = (name: string): boolean => name.startsWith(prefix);

/** libvirt takes one filterref for a NIC: a list of several has a filter of its own, the same for the same list. */
export function filterNameFor(filters: readonly string[]): string | undefined {
  if (filters.length < 2) return filters[0];
  const hash = createHash('sha256').update(JSON.stringify(filters)).digest('hex');
  return prefix + hash.slice(0, 20);
}

/**
 * Makes sure that the filter of a list is there. To be called with the host's lock held until a domain uses it:
 * nobody else then takes it for unused.
 * @returns the name for the NIC's filterref; undefined for no filter
 * @throws LibvirtError
 */
export async function ensureFilter(
  connection: Connection,
  filters: readonly string[],
): Promise<string | undefined> {
  const name = filterNameFor(filters);
  if (name !== undefined && isComposedName(name)) {
    await defineFilter(connection, {
      name,
      xml: buildComposedFilter(name, [...filters]),
      references: [...filters],
    });
  }
  return name;
}

/** What saved memory would be restored with: an unplugged NIC comes back with its filter. */
async function savedXmls(connection: Connection): Promise<{ xml: string }[]> {
  const saved = await connection.listAllDomains(VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE);
  return Promise.all(
    saved.map(async (domain) => {
      await using held = domain;
      return { xml: await held.managedSaveGetXMLDesc() };
    }),
  );
}

/** The filters that a VM refers to, running, in its definition, or in its saved memory. */
async function usedFilters(connection: Connection): Promise<Set<string>> {
  const [domains, saved, bindings] = await Promise.all([
    allDomainXmls(connection),
    savedXmls(connection),
    connection.getAllNWFilterBindingsXML(),
  ]);
  const inDomains = [...domains, ...saved].flatMap(({ xml }) =>
    readDomain(xml).interfaces.flatMap(({ filter }) => filter ?? []),
  );
  return new Set([...inDomains, ...bindings.map(({ filterName }) => filterName)]);
}

async function composedFilters(connection: Connection): Promise<NWFilter[]> {
  try {
    const filters = await readingFilters(() => connection.listAllNWFilters());
    const others = filters.filter(({ name }) => !isComposedName(name));
    await Promise.all(others.map((filter) => filter.close()));
    return filters.filter((filter) => !others.includes(filter));
  } catch (error) {
    // a driver without filters has nothing to be removed
    if (isNotFound(error, VIR_ERR_NO_SUPPORT)) return [];
    throw error;
  }
}

/** What a sweep needs of its surroundings. */
interface SweepContext {
  connection: Connection;
  locks: {
    /** Nobody may begin to use a filter meanwhile. */
    host: MutexInterface;
    /** The filters that a change under way may have to go back to. */
    held: Iterable<string>;
  };
}

/**
 * Removes composed filters that nobody uses any more.
 * @returns their names
 * @throws LibvirtError
 */
export function sweepComposed({ connection, locks }: SweepContext): Promise<string[]> {
  return locks.host.runExclusive(() => sweep(connection, locks.held));
}

/**
 * Has libvirt write a filter that nobody uses, and remove it again: it changes nothing, and shows where libvirt's files are.
 * @throws LibvirtError
 */
export function touchFilters({ connection, locks }: SweepContext): Promise<void> {
  return locks.host.runExclusive(async () => {
    await using filter = await connection.nwfilterDefineXMLFlags(buildComposedFilter(`${prefix}probe`, []));
    await filter.undefine();
  });
}

async function sweep(connection: Connection, held: Iterable<string>): Promise<string[]> {
  const composed = await composedFilters(connection);
  if (composed.length === 0) return [];
  const used = new Set([...(await usedFilters(connection)), ...held]);
  const removed: string[] = [];
  for (const filter of composed) {
    await using unused = filter;
    if (used.has(unused.name)) continue;
    try {
      await unused.undefine();
      removed.push(unused.name);
    } catch (error) {
      // another service or person was quicker, or a NIC has it since: both are as they should be
      if (!isNotFound(error, VIR_ERR_NO_NWFILTER) && !isNotFound(error, VIR_ERR_OPERATION_INVALID))
        throw error;
    }
  }
  return removed;
}
