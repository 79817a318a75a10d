import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { ensureFilter } from '../filtering/composed.js';
import { closedPorts, openPort } from '../filtering/port.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { VmContext } from '../vms/context.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';
import { setFilterref } from '../xml/interface.js';
import { filterrefOf, sameMac } from './find.js';
import { liveInterface, remakeFilter } from './live.js';
import { readRules } from './rules.js';

interface Owner {
  domain: Domain;
  nic: DomainInterface;
}

/** The VM and NIC behind each tap. */
async function tapOwners(domains: readonly Domain[]): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (const domain of domains) {
    if (!(await domain.isActive())) continue;
    for (const nic of readDomain(await domain.getXMLDesc()).interfaces) {
      if (nic.target !== undefined) owners.set(nic.target, { domain, nic });
    }
  }
  return owners;
}

/**
 * Opens a port once its filter is made anew and seen: that of the NIC's definition, or where it has none the one that
 * it is to have. The caller holds the VM's lock.
 * @throws Problem, LibvirtError: it stays closed
 */
async function reopen(
  { connection }: VmContext,
  { domain, nic: live }: Owner,
  rules: FilterRules,
  tap: string,
): Promise<void> {
  const vm = readDomain(await domain.getXMLDesc((await domain.isPersistent()) ? VIR_DOMAIN_XML_INACTIVE : 0));
  const nic = vm.interfaces.find(({ mac }) => sameMac(mac, live.mac)) ?? live;
  let filterref = filterrefOf(nic);
  if (!filterref) {
    const filter = await ensureFilter(connection, rules.wanted(vm, nic).filters);
    filterref = filter === undefined ? undefined : { filter, parameters: [] };
  }
  const node = await liveInterface(domain, nic.mac);
  setFilterref(node, filterref);
  await remakeFilter(domain, rules, nic.mac, node);
  await openPort(tap);
}

/**
 * Opens the ports that a service which died had closed: those of taps that are gone, and those whose NIC has its
 * filter in the kernel again. One that cannot be brought to that stays closed, and the log says so.
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
    const rules = await readRules(context);
    for (const tap of closed) {
      const owner = owners.get(tap);
      if (!owner) {
        await openPort(tap);
        continue;
      }
      const { domain, nic } = owner;
      try {
        await context.locks.hold(domain.uuid, () => reopen(context, owner, rules, tap));
        context.log.warn(
          { vm: domain.name, mac: nic.mac, tap },
          'a NIC that was left closed is open again, with its filter',
        );
      } catch (error) {
        context.log.error(
          { err: error, vm: domain.name, mac: nic.mac, tap },
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
