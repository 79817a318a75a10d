import { existsSync } from 'node:fs';
import type { Domain } from 'node-libvirt';
import { isConnectionLoss } from '../errors.js';
import { closedPorts, openPort } from '../kernel/port.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { sameMac } from './find.js';
import { remakeFilter } from './live.js';
import { wantedInterface } from './wanted-interface.js';

interface Owner {
  domain: Domain;
  mac: string;
}

/** The VM and NIC behind each tap. */
async function tapOwners(domains: readonly Domain[]): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (const domain of domains) {
    if (!(await domain.isActive())) continue;
    for (const nic of readDomain(await domain.getXMLDesc()).interfaces) {
      if (nic.target !== undefined) owners.set(nic.target, { domain, mac: nic.mac });
    }
  }
  return owners;
}

/**
 * Opens a port once its filter is made anew and seen: that of the NIC's definition, or where it has none the one that
 * it is to have. The caller holds the VM's lock.
 * @throws Problem, LibvirtError: it stays closed
 */
async function reopen(context: VmContext, { domain, mac }: Owner, tap: string): Promise<void> {
  // whoever had the lock before may have opened it, or unplugged the NIC
  const live = readDomain(await domain.getXMLDesc()).interfaces.find((nic) => sameMac(nic.mac, mac));
  if (live?.target !== tap || !(await closedPorts()).includes(tap)) return;
  const wanted = await wantedInterface(context, domain, mac);
  await remakeFilter(context, domain, mac, wanted);
  await openPort(tap);
  context.log.warn(
    { vm: domain.name, mac, tap },
    'a NIC that was left closed is open again, with its filter',
  );
}

/**
 * Opens the ports that were left closed: those of taps that are gone, and those whose NIC can be given its filter again.
 * One that cannot stays closed, and the log says so.
 * @returns whether all are open
 * @throws Problem kernel-unreadable, LibvirtError
 */
export async function reopenPorts(context: VmContext): Promise<boolean> {
  const closed = await closedPorts();
  if (closed.length === 0) return true;
  let allOpen = true;
  const domains = await context.connection.listAllDomains();
  try {
    const owners = await tapOwners(domains);
    for (const tap of closed) {
      const owner = owners.get(tap);
      if (!owner) {
        if (!existsSync(`/sys/class/net/${tap}`)) await openPort(tap);
        continue;
      }
      const { domain, mac } = owner;
      try {
        await context.locks.hold(domain.uuid, () => reopen(context, owner, tap));
      } catch (error) {
        if (isConnectionLoss(error)) throw error;
        context.log.error(
          { err: error, vm: domain.name, mac, tap },
          'a NIC stays closed: its filter is not in force',
        );
        allOpen = false;
      }
    }
  } finally {
    await Promise.all(domains.map((domain) => domain.close()));
  }
  return allOpen;
}
