import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { readDomain } from '../xml/domain.js';
import { nicOf } from './find.js';

/**
 * Counters of a plugged NIC, from the guest's side.
 * @throws Problem nic-not-found, vm-state-conflict when the VM is off
 */
export async function nicStatistics(
  domain: Domain,
  mac: string,
): Promise<Awaited<ReturnType<Domain['interfaceStats']>>> {
  const { target } = nicOf(readDomain(await domain.getXMLDesc()), mac);
  if (target === undefined) {
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is off: its NIC ${mac} counts nothing.`);
  }
  return domain.interfaceStats(target);
}
