import { VIR_DOMAIN_PAUSED, VIR_DOMAIN_SHUTOFF } from 'node-libvirt';
import { sweepComposed } from '../filtering/composed.js';
import { reopenPorts } from '../nics/reopen.js';
import { undoNic } from '../nics/undo.js';
import { endUnplug } from '../nics/unplug.js';
import { isConnectionLoss, Problem } from '../errors.js';
import { conclude } from '../migration/conclude.js';
import { removeCopy } from '../migration/copy.js';
import type { CopyEntry, JournalEntry, MigrationEntry } from '../state/journal-entry.js';
import type { VmContext } from './context.js';
import { findVm } from './find.js';
import { explained } from './held-start.js';
import { removeVm } from './remove.js';
import { undoStart } from './start.js';

/** A VM whose creation was cut off: it goes, unless it was let run, which is the last step of all. */
async function undoCreate(context: VmContext, vm: string): Promise<void> {
  await using domain = await findVm(context.connection, vm);
  if (!domain) return;
  const { state } = await domain.getState();
  if (state !== VIR_DOMAIN_PAUSED && state !== VIR_DOMAIN_SHUTOFF) {
    context.log.warn({ vm }, 'a VM whose creation was cut off runs, with its filters seen: it is kept');
    return;
  }
  await explained(domain, removeVm(context, domain, { force: true, volumes: true }));
  context.log.warn({ vm }, 'a VM whose creation was cut off was removed');
}

/** A VM whose start was cut off while it was still paused: its filters were not seen yet, and it is off again. */
async function takeBackStart(
  { connection, log }: VmContext,
  { vm, saved }: Extract<JournalEntry, { kind: 'start' }>,
): Promise<void> {
  await using domain = await findVm(connection, vm);
  if (!domain || (await domain.getState()).state !== VIR_DOMAIN_PAUSED) return;
  await explained(domain, undoStart(domain, saved));
  log.warn({ vm }, 'the start of a VM was cut off before it ran: it is off again');
}

async function endCutUnplug(
  context: VmContext,
  { vm, mac }: Extract<JournalEntry, { kind: 'unplug' }>,
): Promise<void> {
  await using domain = await findVm(context.connection, vm);
  if (domain) await endUnplug(context, domain, mac);
}

/** A VM whose migration was cut off: it runs here, or on the destination when it has come there. */
async function endCutMigration(context: VmContext, entry: MigrationEntry): Promise<void> {
  const about = { vm: entry.vm, destination: entry.destinationUri };
  try {
    const where = await conclude(context, entry);
    context.log.warn({ ...about, where }, 'the migration of a VM was cut off');
  } catch (error) {
    if (!(error instanceof Problem && error.type === 'vm-not-found')) throw error;
    // ended or removed by somebody since: there is nothing to be settled any more
    context.log.warn({ ...about, err: error }, 'the migration of a VM was cut off, and no host has it');
  }
}

/** What a destination has of a VM that has stayed here. */
async function endCopy(context: VmContext, entry: CopyEntry): Promise<void> {
  // what is there by now may be the VM itself, as it arrives
  if (context.locks.migrating.has(entry.vm))
    throw new Problem('vm-migrating', `The VM ${entry.vm} is being moved again.`);
  await removeCopy(context, entry);
}

async function undo(context: VmContext, entry: JournalEntry): Promise<void> {
  if (entry.kind === 'create') await undoCreate(context, entry.vm);
  else if (entry.kind === 'start') await takeBackStart(context, entry);
  else if (entry.kind === 'unplug') await endCutUnplug(context, entry);
  else if (entry.kind === 'migration') await endCutMigration(context, entry);
  else if (entry.kind === 'copy') await endCopy(context, entry);
  else await undoNic(context, entry);
}

/**
 * Undoes what is left in the journal. With `vm` it is of that VM alone, whose lock the caller holds.
 * @returns why that could not be undone which still is left, where that is known
 */
async function undoLeft(
  context: VmContext,
  vm?: string,
  isNow: (entry: JournalEntry) => boolean = () => true,
): Promise<string[]> {
  const { journal, locks, log } = context;
  const why: string[] = [];
  const withLock = (entry: JournalEntry, work: () => Promise<void>): Promise<void> =>
    vm === undefined ? locks.hold(entry.vm, work) : work();
  await journal.recover(async (entry, isStillLeft) => {
    if (!isNow(entry)) return false;
    try {
      await withLock(entry, async () => {
        if (isStillLeft()) await undo(context, entry);
      });
      return true;
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      // the others must not wait for it
      log.error(
        { err: error, vm: entry.vm, kind: entry.kind },
        'a change that was cut off could not be undone: it is tried again',
      );
      if (error instanceof Problem) why.push(error.message);
      return false;
    }
  }, vm);
  return why;
}

/**
 * Sees that nothing is left to be undone of a VM before it is changed: undone later, it would undo the new change too.
 * The caller holds the VM's lock.
 * @throws Problem vm-unsettled, state-unwritable; LibvirtError
 */
export async function settle(context: VmContext, vm: string): Promise<void> {
  if (!context.journal.keepsBack(vm)) return;
  const why = await undoLeft(context, vm, ({ kind }) => kind !== 'copy');
  if (!context.journal.keepsBack(vm)) return;
  const reason = why.length > 0 ? why.join(' ') : 'The log of the service says why.';
  throw new Problem(
    'vm-unsettled',
    `A change of the VM ${vm} was cut off and could not be undone yet, so it takes no other. ${reason}`,
  );
}

/** What is undone by asking another host. */
const asksElsewhere: ReadonlySet<string> = new Set<JournalEntry['kind']>(['migration', 'copy']);

/**
 * Makes the host whole after the service, or its connection, was cut off: undoes what it was in the middle of, opens
 * ports that it had closed once their filters are in force again, and removes composed filters without users. What
 * cannot be undone stays in the journal.
 * @param isEarly whether everyone waits for it: then another host, which may be slow to answer, is not asked
 * @returns whether all is whole
 * @throws Problem, LibvirtError
 */
export async function recover(context: VmContext, isEarly = false): Promise<boolean> {
  await undoLeft(context, undefined, ({ kind }) => !isEarly || !asksElsewhere.has(kind));
  const allOpen = await reopenPorts(context);
  await sweepComposed(context);
  return !context.journal.hasLeft() && allOpen;
}
