import { setTimeout as delay } from 'node:timers/promises';
import {
  type Domain,
  VIR_DOMAIN_JOB_NONE,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PAUSED_MIGRATION,
  VIR_DOMAIN_PAUSED_POSTCOPY,
  VIR_DOMAIN_PAUSED_POSTCOPY_FAILED,
  VIR_DOMAIN_RUNNING,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { MigrationEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { undefineVm } from '../vms/remove.js';
import { resumeVm } from '../vms/start.js';
import { Destination } from './destination.js';
import { letRunThere } from './let-run.js';

/** How long libvirt may take to end a migration that it is told to, ms. */
const endMs = 10_000;
const pollMs = 100;

export type Place = 'source' | 'destination';
type Standing = 'absent' | 'off' | 'running' | 'paused' | 'waiting' | 'broken';

/** How a VM is on a host; waiting: it stands still until the migration has ended, broken: half of it is on the other host. */
async function standingOf(domain: Domain | undefined): Promise<Standing> {
  if (!domain) return 'absent';
  if (!(await domain.isActive())) return 'off';
  const { state, reason } = await domain.getState();
  if (state === VIR_DOMAIN_RUNNING) return 'running';
  if (state !== VIR_DOMAIN_PAUSED) return 'paused';
  if (reason === VIR_DOMAIN_PAUSED_POSTCOPY_FAILED) return 'broken';
  return reason === VIR_DOMAIN_PAUSED_MIGRATION || reason === VIR_DOMAIN_PAUSED_POSTCOPY
    ? 'waiting'
    : 'paused';
}

/** Ends a migration that nobody manages any more: with the service gone, libvirtd may go on with it by itself. */
async function endJob(domain: Domain): Promise<void> {
  const until = performance.now() + endMs;
  while (performance.now() < until) {
    const job = await domain.getJobStats().catch(() => undefined);
    if (!job || job.type === VIR_DOMAIN_JOB_NONE) return;
    await domain.abortJob().catch(() => undefined); // it may just have ended
    await delay(pollMs);
  }
}

async function remove(domain: Domain): Promise<void> {
  if (await domain.isActive()) await domain.destroy();
  if (await domain.isPersistent().catch(() => false)) await undefineVm(domain);
}

/** What is there, of a VM that stands still here. @returns where it is from now on */
async function decide(
  context: VmContext,
  { vm, runs }: MigrationEntry,
  here: Domain,
  destination: Destination,
): Promise<Place> {
  const there = await destination.find(vm);
  const standing = await destination.on(() => standingOf(there));
  if (standing === 'broken')
    throw new Problem(
      'migration-failed',
      `The post-copy of the VM broke off: a part of its memory is on this host, and the rest at ${destination.uri}, where it stands still. Once they reach each other again, virsh migrate --postcopy --postcopy-resume goes on; to give it up, destroy it on both.`,
    );
  if (standing === 'running') {
    await remove(here);
    return 'destination';
  }
  // there it has not run an instruction
  if (there) await destination.on(() => remove(there));
  if (runs) await resumeVm(context, here);
  return 'source';
}

/**
 * Sees that a VM whose migration has ended, in whatever way, is on one host and runs if it did before: on the destination when that
 * has all of it, else here. What it does it can do again.
 * @throws Problem destination-unreachable, migration-failed, filter-not-enforced; LibvirtError: it cannot be told yet, and runs on no second host
 */
export async function conclude(context: VmContext, entry: MigrationEntry): Promise<Place> {
  await using here = await findVm(context.connection, entry.vm);
  if (here && (await here.isActive())) await endJob(here);
  const standing = await standingOf(here);
  if (standing === 'running' || standing === 'paused') return 'source';
  await using destination = await Destination.open(entry);
  if (here && (standing === 'waiting' || standing === 'broken'))
    return await decide(context, entry, here, destination);
  const there = await destination.find(entry.vm);
  const theirs = await destination.on(() => standingOf(there));
  if (!there) {
    if (here) return 'source';
    throw new Problem(
      'migration-failed',
      `The VM ${entry.vm} is neither on this host nor at ${destination.uri}.`,
    );
  }
  // both have a definition: that of a VM which is off was copied, and the one here not yet taken away
  if (here && theirs === 'off') {
    await destination.on(() => remove(there));
    return 'source';
  }
  if (here) await remove(here);
  if (entry.runs && theirs !== 'running' && theirs !== 'off') await letRunThere(destination, there);
  return 'destination';
}
