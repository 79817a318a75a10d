import { fieldProblem, Problem } from '../errors.js';
import { FilterCatalog } from '../filtering/catalog.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import type { Filter } from '../nwfilter/model.js';
import { isSameFilter } from '../nwfilter/same.js';
import { filterToXml } from '../nwfilter/to-xml.js';
import type { OperationTools } from '../operations/work.js';
import type { Nwfilter } from '../schemas/nwfilter.js';
import type { VmContext } from '../vms/context.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { checkReferences, demandOwn } from './check.js';
import { bringToLibvirt } from './define.js';
import { type FilterFacts, readFacts, rereadFilter, viewOf, xmlOf } from './read.js';
import { rebuildNics } from './rebuild.js';
import { readBindings } from './users.js';

const givenBy = ({ parameters }: BindingDescription): Set<string> =>
  new Set(parameters.map(({ name }) => name));

/**
 * @throws Problem nwfilter-breaks-nics naming the NICs that do not give what the filter comes to need: libvirt would
 * refuse it, or learn the address from the guest. What they do without already, they may do without.
 */
function demandParameters(
  before: FilterCatalog,
  after: FilterCatalog,
  nics: readonly BindingDescription[],
): void {
  const broken = nics.flatMap((nic) => {
    const given = givenBy(nic);
    const needed = before.variables([nic.filter]);
    const missing = [...after.variables([nic.filter])].filter(
      (name) => !needed.has(name) && !given.has(name),
    );
    return missing.length > 0 ? [{ nic, missing }] : [];
  });
  if (broken.length === 0) return;
  const who = broken.map(
    ({ nic, missing }) =>
      `NIC ${nic.mac} of VM ${nic.vmName} (${nic.port}) does not give ${missing.join(', ')}`,
  );
  const usedBy = broken.map(({ nic }) => ({ vm: nic.vm, nic: nic.mac, port: nic.port }));
  throw new Problem('nwfilter-breaks-nics', `${who.join('; ')}.`, { users: { usedBy, referencedBy: [] } });
}

/** How a replacement ended, or the work that it still takes. */
export type Replacement =
  { done: Nwfilter } | { nics: number; work: (tools: Pick<OperationTools, 'progress'>) => Promise<void> };

interface Checked {
  /** With the UUID that it keeps. */
  filter: Filter;
  /** The running NICs whose rules it is part of. */
  nics: BindingDescription[];
  /** Whether it says what it said before. */
  same: boolean;
}

/** @throws Problem as replaceFilter does */
export async function checkReplacement(
  { connection }: VmContext,
  facts: FilterFacts,
  filter: Filter,
): Promise<Checked> {
  const { catalog, xmls } = facts;
  const { name } = filter;
  const current = filterFromLibvirt(xmlOf(facts, name));
  if (filter.uuid !== undefined && filter.uuid !== current.uuid)
    throw fieldProblem('invalid-request', '/uuid', `must be ${current.uuid}: a filter keeps its UUID`);
  demandOwn(name);
  checkReferences(facts, filter);
  const replaced: Filter = { ...filter, ...(current.uuid !== undefined && { uuid: current.uuid }) };
  const nics = (await readBindings(connection)).filter((nic) => catalog.contains(nic.filter, name));
  const after = new FilterCatalog([...new Map([...xmls, [name, filterToXml(replaced)]]).values()]);
  demandParameters(catalog, after, nics);
  return { filter: replaced, nics, same: isSameFilter(current, filter) };
}

/**
 * Replaces a filter; its UUID stays. What no running NIC uses is replaced at once, for the others the work remains to be
 * done, which takes libvirt up to a second for each NIC. Until it is done no other filter is changed.
 * @param demand what the caller demands of the filter as it is; it gets the filter and its XML
 * @throws Problem nwfilter-unknown, nwfilter-managed, nwfilter-not-found, nwfilter-loop, nwfilter-breaks-nics,
 * invalid-request; LibvirtError
 */
export async function replaceFilter(
  context: VmContext,
  asked: Filter,
  demand: (filter: Nwfilter, xml: string) => void,
): Promise<Replacement> {
  const { connection, locks, events } = context;
  const release = await locks.filters.acquire();
  let goesOn = false;
  try {
    const facts = await readFacts(connection);
    demand(viewOf(facts, asked.name), xmlOf(facts, asked.name));
    const { filter, nics, same } = await checkReplacement(context, facts, asked);
    if (!same && nics.length > 0) {
      goesOn = true;
      return {
        nics: nics.length,
        work: ({ progress }) => rebuildNics(context, filter, nics, progress).finally(release),
      };
    }
    if (same) return { done: viewOf(facts, filter.name) };
    await bringToLibvirt(connection, filter);
    events.publish('nwfilter.replaced', { nwfilter: filter.name });
    return { done: viewOf(await rereadFilter(connection, facts, filter.name), filter.name) };
  } finally {
    if (!goesOn) release();
  }
}
