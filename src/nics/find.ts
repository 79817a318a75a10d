import { Problem } from '../errors.js';
import type { DomainDescription, DomainInterface } from '../xml/domain.js';
import type { Filterref } from '../xml/interface.js';

/** Whether two MAC addresses are the same, in whatever case they are written. */
export const sameMac = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The NIC of a VM with this MAC address. @throws Problem nic-not-found */
export function nicOf(vm: DomainDescription, mac: string): DomainInterface {
  const nic = vm.interfaces.find((one) => sameMac(one.mac, mac));
  if (!nic) throw new Problem('nic-not-found', `The VM ${vm.name} has no NIC ${mac}.`);
  return nic;
}

/** The same; no other has its address too. @throws Problem nic-not-found, mac-in-use */
export function onlyNicOf(vm: DomainDescription, mac: string): DomainInterface {
  const nic = nicOf(vm, mac);
  if (vm.interfaces.some((other) => other !== nic && sameMac(other.mac, mac))) {
    throw new Problem('mac-in-use', `Two NICs of the VM ${vm.name} have the MAC address ${mac}.`);
  }
  return nic;
}

/** What a NIC's filterref says. */
export const filterrefOf = ({ filter, filterParameters }: DomainInterface): Filterref =>
  filter === undefined ? undefined : { filter, parameters: filterParameters };
