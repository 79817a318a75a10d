import { type Connection, VIR_ERR_NO_NWFILTER, VIR_ERR_OPERATION_INVALID } from 'node-libvirt';
import { type FilterUsers, isNotFound, Problem } from '../errors.js';
import type { Nwfilter } from '../schemas/nwfilter.js';
import type { VmContext } from '../vms/context.js';
import { demandOwn } from './check.js';
import { readFacts, viewOf, xmlOf } from './read.js';

function inUse(name: string, { usedBy, referencedBy }: FilterUsers, cause?: unknown): Problem {
  const who = [
    ...usedBy.map(({ vm, nic, port }) => `NIC ${nic} of VM ${vm}${port === undefined ? '' : ` (${port})`}`),
    ...referencedBy.map((filter) => `filter ${filter}`),
  ];
  return new Problem('nwfilter-in-use', `The filter ${name} is used by ${who.join(', ')}.`, {
    users: { usedBy, referencedBy },
    cause,
  });
}

async function undefine(connection: Connection, name: string): Promise<void> {
  try {
    await using filter = await connection.lookupNWFilterByName(name);
    await filter.undefine();
  } catch (error) {
    // somebody else was quicker, on libvirt itself
    if (isNotFound(error, VIR_ERR_NO_NWFILTER)) {
      throw new Problem('nwfilter-unknown', `There is no network filter ${name}.`, { cause: error });
    }
    if (!isNotFound(error, VIR_ERR_OPERATION_INVALID)) throw error;
    const { uses, catalog } = await readFacts(connection);
    throw inUse(name, uses.of(name, catalog), error);
  }
}

/**
 * Deletes a filter that nobody uses.
 * @param demand what the caller demands of it, such as its entity tag; it gets the filter and its XML
 * @throws Problem nwfilter-unknown, nwfilter-managed, nwfilter-in-use naming the users; LibvirtError
 */
export async function removeFilter(
  { connection, locks, policy, events }: VmContext,
  name: string,
  demand: (filter: Nwfilter, xml: string) => void,
): Promise<void> {
  // a NIC that is just being made must not lose the filter that it was checked with
  await locks.filters.runExclusive(() =>
    locks.host.runExclusive(async () => {
      const facts = await readFacts(connection);
      const filter = viewOf(facts, name);
      demand(filter, xmlOf(facts, name));
      demandOwn(name);
      if (filter.usedBy.length > 0 || filter.referencedBy.length > 0) throw inUse(name, filter);
      if (policy().DefaultFilters.includes(name)) {
        throw new Problem('nwfilter-in-use', `The filter ${name} is one of the policy's DefaultFilters.`);
      }
      await undefine(connection, name);
      events.publish('nwfilter.deleted', { nwfilter: name });
    }),
  );
}
