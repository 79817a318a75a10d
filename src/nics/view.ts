import type { FilterRules } from '../filtering/wanted.js';
import { filterNameFor } from '../filtering/composed.js';
import type { Nic } from '../schemas/nic.js';
import type { DomainDescription, DomainInterface } from '../xml/domain.js';

/** The definition of a VM beside what runs; the same twice for one that is off or has no definition. */
export interface VmViews {
  now: DomainDescription;
  next: DomainDescription;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the NIC is as a fresh start of its VM would make it. One that is off is made so when it starts. */
function isSynced({ now, next }: VmViews, nic: DomainInterface, rules: FilterRules): boolean {
  if (now === next) return true;
  const planned = next.interfaces.find(({ mac }) => mac.toLowerCase() === nic.mac.toLowerCase());
  const wanted = filterNameFor(rules.wanted(next, planned ?? nic).filters);
  if (wanted !== nic.filter) return false;
  // parameters count only for the filter that they were given for
  if (wanted === undefined || planned?.filter !== wanted) return true;
  return same(planned.filterParameters, nic.filterParameters);
}

/** A NIC as the API shows it. */
export function nicView(vm: VmViews, nic: DomainInterface, rules: FilterRules): Nic {
  const { type, bridge, network, virtualport, filter, ...rest } = nic;
  const record = rules.recordOf(vm.next, nic);
  return {
    ...rest,
    source: {
      type,
      ...(bridge !== undefined && { bridge }),
      ...(network !== undefined && { network }),
      ...(virtualport !== undefined && { virtualport }),
    },
    filters: rules.catalog.listOf(filter),
    filterOrigin: rules.wanted(vm.next, nic).origin,
    synced: isSynced(vm, nic, rules),
    ...(record?.trust && { trust: record.trust }),
  };
}
