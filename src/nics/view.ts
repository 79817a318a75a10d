import type { FilterRules } from '../filtering/wanted.js';
import { filterNameFor } from '../filtering/composed.js';
import type { Nic } from '../schemas/nic.js';
import { sameMac } from './find.js';
import { type DomainDescription, type DomainInterface, readDomain } from '../xml/domain.js';

/** The definition of a VM beside what runs; the same twice for one that is off or has no definition. */
export interface VmViews {
  now: DomainDescription;
  next: DomainDescription;
}

/** @param inactiveXml the definition, where it is not what runs */
export function viewsOf({ xml, inactiveXml }: { xml: string; inactiveXml?: string }): VmViews {
  const now = readDomain(xml);
  return { now, next: inactiveXml === undefined ? now : readDomain(inactiveXml) };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether the NIC is as a fresh start of its VM would make it. One that is off is made so when it starts. */
function isSynced({ now, next }: VmViews, nic: DomainInterface, rules: FilterRules): boolean {
  if (now === next) return true;
  const planned = next.interfaces.find(({ mac }) => sameMac(mac, nic.mac));
  // only in what runs, or only in the definition
  if (!planned || !now.interfaces.includes(nic) || planned.linkState !== nic.linkState) return false;
  const wanted = filterNameFor(rules.wanted(next, planned).filters);
  if (wanted !== nic.filter) return false;
  // parameters count only for the filter that they were given for
  if (wanted === undefined || planned.filter !== wanted) return true;
  return same(planned.filterParameters, nic.filterParameters);
}

/** The NICs of a VM: what runs, and what is only in its definition. */
export function nicsOf({ now, next }: VmViews): DomainInterface[] {
  const missing = next.interfaces.filter((nic) => !now.interfaces.some((one) => sameMac(one.mac, nic.mac)));
  return now === next ? now.interfaces : [...now.interfaces, ...missing];
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
