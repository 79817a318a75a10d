import {
  type Domain,
  VIR_DOMAIN_AFFECT_LIVE,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_SHUTOFF,
  VIR_ERR_NO_DOMAIN,
} from 'node-libvirt';
import { isConnectionLoss, isNotFound } from '../errors.js';
import { sweepComposed } from '../filtering/composed.js';
import { closePort } from '../filtering/port.js';
import { sameMac } from '../nics/find.js';
import { liveInterface } from '../nics/live.js';
import { reopenPorts } from '../nics/reopen.js';
import type { JournalEntry } from '../state/journal.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';
import { aliasOf } from '../xml/interface.js';
import type { VmContext } from './context.js';
import { removeVm } from './remove.js';

async function lookup({ connection }: VmContext, uuid: string): Promise<Domain | undefined> {
  try {
    return await connection.lookupDomainByUUIDString(uuid);
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_DOMAIN)) return undefined;
    throw error;
  }
}

/** A VM whose creation was never answered: it goes, unless it was let run, which is the last step of all. */
async function undoCreate(context: VmContext, vm: string): Promise<void> {
  await using domain = await lookup(context, vm);
  if (!domain) return;
  const { state } = await domain.getState();
  if (state !== VIR_DOMAIN_PAUSED && state !== VIR_DOMAIN_SHUTOFF) {
    context.log.warn({ vm }, 'a VM whose creation was cut off runs, with its filters seen: it is kept');
    return;
  }
  await removeVm(context, domain, { force: true, volumes: true });
  context.log.warn({ vm }, 'a VM whose creation was cut off was removed');
}

const sameFilter = (a: DomainInterface, b: DomainInterface): boolean =>
  a.filter === b.filter && JSON.stringify(a.filterParameters) === JSON.stringify(b.filterParameters);

/** A NIC whose change was cut off: the definition is put back, and a NIC that was just plugged is taken out. */
async function undoNic(
  context: VmContext,
  { vm, mac, before }: Extract<JournalEntry, { kind: 'nic' }>,
): Promise<void> {
  await using domain = await lookup(context, vm);
  if (!domain) return;
  if (await domain.isPersistent()) await (await context.connection.domainDefineXMLFlags(before)).close();
  if (mac === undefined) return;
  const had = readDomain(before).interfaces.some((nic) => sameMac(nic.mac, mac));
  const live = (await domain.isActive()) ? readDomain(await domain.getXMLDesc()).interfaces : [];
  const was = readDomain(before).interfaces.find((nic) => sameMac(nic.mac, mac));
  const now = live.find((nic) => sameMac(nic.mac, mac));
  // what runs already has the new filter: the port is closed until it has that of the definition again
  if (was && now?.target !== undefined && !sameFilter(was, now)) await closePort(now.target);
  if (!had && live.some((nic) => sameMac(nic.mac, mac))) {
    const alias = aliasOf(await liveInterface(domain, mac)) ?? '';
    // its link is still down; a guest that does not let it go keeps a NIC that passes nothing
    await domain.detachDeviceAlias(alias, VIR_DOMAIN_AFFECT_LIVE);
  }
  context.log.warn({ vm, mac }, 'the change of a NIC was cut off, and was undone');
}

/**
 * Makes the host whole after a service that died: undoes what it was in the middle of, opens ports that it had closed once
 * their filters are in force again, and removes composed filters without users.
 * @throws Problem, LibvirtError
 */
export async function recover(context: VmContext): Promise<void> {
  await context.journal.recover(async (entry) => {
    try {
      if (entry.kind === 'create') await undoCreate(context, entry.vm);
      else await undoNic(context, entry);
      return true;
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      // the others must not wait for it
      context.log.error(
        { err: error, vm: entry.vm },
        'a change that was cut off could not be undone: it is tried again',
      );
      return false;
    }
  });
  await reopenPorts(context);
  await context.locks.host.runExclusive(() => sweepComposed(context.connection));
}
