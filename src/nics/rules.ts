import { FilterCatalog } from '../filtering/catalog.js';
import { FilterRules, unfilterableNetworks } from '../filtering/wanted.js';
import type { VmContext } from '../vms/context.js';

/** Reads all that decides about NICs' filters, as it is now. @throws LibvirtError */
export async function readRules({ connection, policy }: VmContext): Promise<FilterRules> {
  const [catalog, networks] = await Promise.all([
    FilterCatalog.read(connection),
    unfilterableNetworks(connection),
  ]);
  return new FilterRules(policy(), catalog, networks);
}
