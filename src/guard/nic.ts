import { Problem } from '../errors.js';
import type { FilterCatalog } from '../filtering/catalog.js';
import type { Policy } from '../schemas/config.js';
import type { DomainInterface } from '../xml/domain.js';
import { wrongGuards } from './expected.js';
import { putGuard, readGuardsOf, removeGuard } from './guard.js';
import { type Guard, guardFor } from './rules.js';

/**
 * The guard that a running NIC has to have; undefined: none, for it has no filter.
 * @throws RangeError where nft cannot be told of it
 */
export function guardOf(nic: DomainInterface, catalog: FilterCatalog): Guard | undefined {
  const { target: port, mac, filter, filterParameters: parameters } = nic;
  if (port === undefined || filter === undefined) return undefined;
  const filters = catalog.tree([filter]).filters.map(({ name }) => name);
  return guardFor({ port, mac, parameters, filters });
}

/** @throws Problem filter-not-enforced */
function demandGuard(nic: DomainInterface, catalog: FilterCatalog): Guard | undefined {
  try {
    return guardOf(nic, catalog);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Problem('filter-not-enforced', `The NIC ${nic.mac} cannot be guarded: ${error.message}.`);
  }
}

/**
 * Gives running NICs the guards that they are to have; those without a filter have none.
 * @throws Problem kernel-unreadable, filter-not-enforced
 */
export async function guardNics(
  { IngressGuard }: Policy,
  catalog: FilterCatalog,
  nics: readonly DomainInterface[],
): Promise<void> {
  const taps = nics.flatMap(({ target }) => target ?? []);
  const found = await readGuardsOf(taps);
  const guards = IngressGuard ? nics.flatMap((nic) => demandGuard(nic, catalog) ?? []) : [];
  // one that is as it has to be stays, and goes on counting
  const wrong = await wrongGuards(guards, found);
  await putGuard(...guards.filter(({ tap }) => wrong.has(tap)));
  // a tap that had the name before may have left its guard
  const guarded = new Set(guards.map(({ tap }) => tap));
  for (const tap of taps) if (found.has(tap) && !guarded.has(tap)) await removeGuard(tap);
}
