import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';

/**
 * NICs are neither plugged into nor taken from memory that was saved: its guest would come back with those it had.
 * @throws Problem vm-state-conflict
 */
export async function demandNotSaved(domain: Domain): Promise<void> {
  if ((await domain.isActive()) || !(await domain.hasManagedSaveImage())) return;
  throw new Problem(
    'vm-state-conflict',
    `The VM ${domain.name} has saved memory, in which its NICs are: start it first.`,
  );
}
