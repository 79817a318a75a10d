import { setTimeout as delay } from 'node:timers/promises';
import {
  type Domain,
  VIR_DOMAIN_JOB_NONE,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PAUSED_MIGRATION,
  VIR_DOMAIN_PAUSED_POSTCOPY,
  VIR_DOMAIN_PAUSED_POSTCOPY_FAILED,
  VIR_DOMAIN_RUNNING,
  VIR_DOMAIN_RUNNING_POSTCOPY,
  VIR_DOMAIN_RUNNING_POSTCOPY_FAILED,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { MigrationEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { resumeVm } from '../vms/start.js';
import { leaveNoCopy, remove } from './copy.js';
import { Destination } from './destination.js';
import { letRunThere } from './let-run.js';

/** How long libvirt may take to end a migration that it is told to, ms. */
const endMs = 10_000;
const pollMs = 100;

export type Place = 'source' | 'destination';
type Standing = 'absent' | 'off' | 'running' | 'paused' | 'waiting' | 'divided';

/** Reasons for which a VM is, or was last, in a post-copy: the other host has a part of it. */
const divided: ReadonlyMap<number, readonly number[]> = new Map([
  [VIR_DOMAIN_RUNNING, [VIR_DOMAIN_RUNNING_POSTCOPY, VIR_DOMAIN_RUNNING_POSTCOPY_FAILED]],
  [VIR_DOMAIN_PAUSED, [VIR_DOMAIN_PAUSED_POSTCOPY, VIR_DOMAIN_PAUSED_POSTCOPY_FAILED]],
]);

/** How a VM is on a host; waiting: it stands still until the migration has ended. */
async function standingOf(domain: Domain | undefined): Promise<Standing> {
  if (!domain) return 'absent';
  if (!(await domain.isActive())) return 'off';
  const { state, reason } = await domain.getState();
  if (divided.get(state)?.includes(reason)) return 'divided';
  if (state === VIR_DOMAIN_RUNNING) return 'running';
  return state === VIR_DOMAIN_PAUSED && reason === VIR_DOMAIN_PAUSED_MIGRATION ? 'waiting' : 'paused';
}

/**
 * Ends a migration that nobody manages any more: with the service gone, libvirtd may go on with it by itself.
 * @returns whether it has ended
 */
async function endJob(domain: Domain): Promise<boolean> {
  const until = performance.now() + endMs;
  while (performance.now() < until) {
    const job = await domain.getJobStats().catch(() => undefined);
    if (!job || job.type === VIR_DOMAIN_JOB_NONE) return true;
    await domain.abortJob().catch(() => undefined); // it may just have ended
    await delay(pollMs);
  }
  return false;
}

/** Of a post-copy that has not come to its end neither half may be let go. */
const isDivided = (uri: string): Problem =>
  new Problem(
    'migration-failed',
    `The post-copy of the VM has not come to its end: a part of its memory is on this host, and the rest at ${uri}. Once they reach each other again, virsh migrate --postcopy --postcopy-resume goes on; to give it up, destroy it on both.`,
  );

/** What is done with a VM that stands still here. @returns where it is from now on */
async function decide(
  context: VmContext,
  { vm, runs }: MigrationEntry,
  here: { domain: Domain; standing: Standing },
  destination: Destination,
): Promise<Place> {
  const there = await destination.find(vm);
  const theirs = await destination.on(() => standingOf(there));
  if (theirs === 'running') {
    await remove(here.domain);
    return 'destination';
  }
  if (theirs === 'divided' || here.standing === 'divided') throw isDivided(destination.uri);
  // there it has not run an instruction
  if (there) await destination.on(() => remove(there));
  if (runs) await resumeVm(context, here.domain);
  return 'source';
}

/** The same for a VM that does not run here, or is not here. */
async function beyond(
  { vm, runs }: MigrationEntry,
  here: Domain | undefined,
  destination: Destination,
  found: (place: Place) => void,
): Promise<Place> {
  const there = await destination.find(vm);
  const theirs = await destination.on(() => standingOf(there));
  if (!there && !here)
    throw new Problem(
      'vm-not-found',
      `The VM ${vm} is neither on this host nor at ${destination.uri}: it has ended.`,
    );
  // both may have a definition: that of a VM which is off was copied, and the one here not yet taken away
  if (!there || (here && theirs === 'off')) {
    if (there) await destination.on(() => remove(there));
    found('source');
    return 'source';
  }
  found('destination');
  if (here) await remove(here);
  if (runs && (theirs === 'paused' || theirs === 'waiting')) await letRunThere(destination, there);
  return 'destination';
}

/**
 * Sees that a VM whose migration has ended, in whatever way, is on one host and runs if it did before: on the destination when that
 * has all of it, else here. What it does it can do again.
 * @param found is told where the VM is, before it is let run there
 * @throws Problem destination-unreachable, migration-failed, filter-not-enforced; LibvirtError: it cannot be told yet, and runs on no second host
 */
export async function conclude(
  context: VmContext,
  entry: MigrationEntry,
  found: (place: Place) => void = () => undefined,
): Promise<Place> {
  await using here = await findVm(context.connection, entry.vm);
  const ended = !here || !(await here.isActive()) || (await endJob(here));
  const standing = await standingOf(here);
  // libvirtd may end it in a moment, and take away what is here: what is there must not go before
  if (!ended && standing !== 'divided')
    throw new Problem(
      'migration-failed',
      `libvirtd has not let go of the migration to ${entry.destinationUri}.`,
    );
  if (standing === 'running' || standing === 'paused') {
    found('source');
    await leaveNoCopy(context, entry);
    return 'source';
  }
  await using destination = await Destination.open(entry);
  if (here && (standing === 'waiting' || standing === 'divided')) {
    const place = await decide(context, entry, { domain: here, standing }, destination);
    found(place);
    return place;
  }
  return await beyond(entry, here, destination, found);
}
