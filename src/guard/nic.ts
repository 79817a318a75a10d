import type { FilterCatalog } from '../filtering/catalog.js';
import type { Policy } from '../schemas/config.js';
import type { DomainInterface } from '../xml/domain.js';
import { putGuard, readGuards, removeGuard } from './guard.js';
import { type Guard, guardFor } from './rules.js';

/** The guard that a running NIC has to have; undefined: none, for it has no filter. */
export function guardOf(nic: DomainInterface, catalog: FilterCatalog): Guard | undefined {
  const { target: port, mac, filter, filterParameters: parameters } = nic;
  if (port === undefined || filter === undefined) return undefined;
  const filters = catalog.tree([filter]).filters.map(({ name }) => name);
  return guardFor({ port, mac, parameters, filters });
}

/**
 * Gives running NICs the guards that they are to have; those without a filter have none.
 * @throws Problem kernel-unreadable
 */
export async function guardNics(
  { IngressGuard }: Policy,
  catalog: FilterCatalog,
  nics: readonly DomainInterface[],
): Promise<void> {
  const bare: string[] = [];
  for (const nic of nics) {
    const guard = IngressGuard ? guardOf(nic, catalog) : undefined;
    if (guard) await putGuard(guard);
    else if (nic.target !== undefined) bare.push(nic.target);
  }
  if (bare.length === 0) return;
  // a tap that had the name before may have left its guard
  const found = await readGuards();
  for (const tap of bare) if (found.has(tap)) await removeGuard(tap);
}
