import { isDeepStrictEqual } from 'node:util';
import { nicFilters } from '../domain.js';

/** A NIC as any of the contestants tells it. */
interface ListedNic {
  filter?: string;
  filters?: string[];
}

/** A VM as any of them tells it. */
export interface ListedVm {
  uuid: string;
  name: string;
  nics: ListedNic[];
}

/** Makes sure that an answer has all VMs with their NICs and filters. @throws Error when it has not */
export function checkVms(who: string, vms: readonly ListedVm[], wanted: number): void {
  const different = new Set(vms.map(({ uuid }) => uuid)).size;
  if (vms.length !== wanted || different !== wanted) {
    throw new Error(`${who} tells of ${vms.length} VMs, ${different} of them different: there are ${wanted}`);
  }
  const wrong = vms.find(({ nics }) => {
    const filters = nics.map(({ filter, filters }) => filters ?? [filter]);
    return !isDeepStrictEqual(filters.flat(), nicFilters);
  });
  if (wrong) throw new Error(`${who} tells of a VM without its filters: ${JSON.stringify(wrong)}`);
}
