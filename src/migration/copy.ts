import { type Domain, VIR_DOMAIN_RUNNING } from 'node-libvirt';
import { Problem } from '../errors.js';
import type { CopyEntry, MigrationEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { undefineVm } from '../vms/remove.js';
import { Destination } from './destination.js';

/** Ends a VM, and removes its definition. @throws LibvirtError */
export async function remove(domain: Domain): Promise<void> {
  if (await domain.isActive()) await domain.destroy();
  if (await domain.isPersistent().catch(() => false)) await undefineVm(domain);
}

const isRunning = async (domain: Domain): Promise<boolean> =>
  (await domain.isActive()) && (await domain.getState()).state === VIR_DOMAIN_RUNNING;

/**
 * Removes what the destination of a migration has of a VM that has stayed here: libvirt lets it go on here when the destination does not
 * answer at the end, and there it may have arrived, and wait. Of a VM that was moved meanwhile nothing is a copy.
 * @throws Problem destination-unreachable, migration-failed; LibvirtError: it is not known to be gone
 */
export async function removeCopy(context: VmContext, { vm, destinationUri }: CopyEntry): Promise<void> {
  await using here = await findVm(context.connection, vm);
  if (!here) return;
  await using destination = await Destination.open({ destinationUri });
  await using there = await destination.find(vm);
  if (!there) return;
  if (!(await isRunning(here)) && (await destination.on(() => isRunning(there))))
    throw new Problem(
      'migration-failed',
      `The VM ${here.name} is on this host, and runs at ${destinationUri}, where somebody let it: remove it on one of them.`,
    );
  await destination.on(() => remove(there));
  context.log.warn({ vm, destination: destinationUri }, 'a copy of a VM that has stayed here was removed');
}

/** The same, now or when the destination answers again. @throws Problem state-unwritable */
export async function leaveNoCopy(context: VmContext, { vm, destinationUri }: MigrationEntry): Promise<void> {
  const entry: CopyEntry = { kind: 'copy', vm, destinationUri };
  try {
    await removeCopy(context, entry);
  } catch (error) {
    await context.journal.leave(entry);
    context.log.warn(
      { err: error, vm, destination: destinationUri },
      'whether the destination has a copy of a VM that has stayed here is asked again',
    );
  }
}
