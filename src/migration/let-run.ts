import { setTimeout as delay } from 'node:timers/promises';
import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { readDomain } from '../xml/domain.js';
import { arrivedNics, repairArrived, wrongOf } from './arrival.js';
import type { Destination } from './destination.js';

/** How often it is tried, and how long in between, ms: the rules were seen before, and only somebody else can have broken them. */
const attempts = 10;
const pauseMs = 500;

/** @returns why it does not run; undefined when it does */
async function tryOnce(destination: Destination, domain: Domain): Promise<string | undefined> {
  const { peer } = destination;
  if (peer) return peer.resume(domain.uuid);
  const { interfaces } = readDomain(await domain.getXMLDesc());
  const wrong = wrongOf(await arrivedNics(destination, { uuid: domain.uuid, interfaces }));
  if (wrong === undefined) await domain.resume();
  return wrong;
}

/**
 * Lets a VM run that has come to the destination and is paused there, once its filters are in force: as its virtwarden sees in the
 * kernel, or without one as libvirt says.
 * @throws Problem migration-failed: it stays paused there; destination-unreachable; LibvirtError
 */
export async function letRunThere(destination: Destination, domain: Domain): Promise<void> {
  let why: string | undefined;
  for (let i = 0; i < attempts; i++) {
    why = await destination.on(() => tryOnce(destination, domain));
    if (why === undefined) return;
    const { interfaces } = readDomain(await destination.on(() => domain.getXMLDesc()));
    await repairArrived(
      destination,
      domain.uuid,
      await arrivedNics(destination, { uuid: domain.uuid, interfaces }),
    );
    await delay(pauseMs);
  }
  throw new Problem(
    'migration-failed',
    `The VM stays paused on the destination, for its filters are not in force there: ${why ?? ''} Put that right there; it is tried again, and may be resumed there.`,
  );
}
