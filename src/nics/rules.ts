import { isComposedName } from '../filtering/composed.js';
import { FilterCatalog } from '../filtering/catalog.js';
import { FilterRules, unfilterableNetworks } from '../filtering/wanted.js';
import type { VmContext } from '../vms/context.js';
import type { VmViews } from './view.js';

/** Reads all that decides about NICs' filters, as it is now. @throws LibvirtError */
export async function readRules({ connection, policy }: VmContext): Promise<FilterRules> {
  const [catalog, networks] = await Promise.all([
    FilterCatalog.read(connection),
    unfilterableNetworks(connection),
  ]);
  return new FilterRules(policy(), catalog, networks);
}

/** Where no VM has to do with filters that the service made. */
const none = new FilterCatalog([]);

/**
 * As much of it as it takes to show these VMs: of filters those that the service made of lists, of networks those that a NIC is
 * on. Most hosts have neither, and to read all filters takes longer than to read a VM.
 * @throws LibvirtError
 */
export async function readRulesFor(
  { connection, policy }: Pick<VmContext, 'connection' | 'policy'>,
  vms: readonly VmViews[],
): Promise<FilterRules> {
  const nics = vms.flatMap(({ now, next }) => [...now.interfaces, ...(next === now ? [] : next.interfaces)]);
  const composed = nics.some(({ filter }) => filter !== undefined && isComposedName(filter));
  const onNetworks = nics.some(({ network }) => network !== undefined);
  const [catalog, networks] = await Promise.all([
    composed ? FilterCatalog.read(connection) : none,
    onNetworks ? unfilterableNetworks(connection) : new Set<string>(),
  ]);
  return new FilterRules(policy(), catalog, networks);
}
