import { type Connection, VIR_ERR_NO_NETWORK, VIR_ERR_NO_SUPPORT } from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import { unfilterableNetworks, FilterRules } from '../filtering/wanted.js';
import { allDomainXmls } from '../libvirt/domain-xmls.js';
import { sameMac } from '../nics/find.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';
import type { Destination } from './destination.js';
import type { Machine } from './machine.js';
import type { Peer } from './peer.js';

const unsuitable = (detail: string): Problem => new Problem('destination-unsuitable', detail);

/**
 * Whether libvirt would believe the first address that the guest uses: on the destination it would do so anew.
 * @throws Problem destination-unsuitable
 */
export function demandNothingLearned({ now }: Machine, { catalog }: FilterRules): void {
  const learning = now.interfaces.filter(({ filter, filterParameters }) => {
    const given = new Set(filterParameters.map(({ name }) => name));
    if (filter === undefined || given.has('IP')) return false;
    return given.has('CTRL_IP_LEARNING') || catalog.variables([filter]).has('IP');
  });
  if (learning.length === 0) return;
  throw unsuitable(
    `The NIC ${learning.map(({ mac }) => mac).join(', ')} has a filter whose address libvirt has learned from the guest: on the ` +
      'destination it would believe again whatever comes first. Give the NIC the parameter IP, and move the VM then.',
  );
}

/** Neither the VM, nor its name, nor the addresses of its NICs are there already. @throws Problem */
async function demandFree(connection: Connection, { uuid, name, now }: Machine): Promise<void> {
  for (const other of await allDomainXmls(connection)) {
    if (other.uuid === uuid)
      throw new Problem(
        'vm-name-taken',
        `The destination has this VM already, as ${other.name}: remove there, or here, what is left of an earlier one.`,
      );
    if (other.name === name)
      throw new Problem('vm-name-taken', `The destination has another VM ${name}, ${other.uuid}.`);
    const taken = readDomain(other.xml).interfaces.find((theirs) =>
      now.interfaces.some(({ mac }) => sameMac(mac, theirs.mac)),
    );
    if (taken)
      throw new Problem('mac-in-use', `The destination's VM ${other.name} has a NIC ${taken.mac} already.`);
  }
}

/** Its networks are there, and libvirt can filter what is on them. @throws Problem source-not-found, destination-unsuitable */
async function demandNetworks(connection: Connection, interfaces: readonly DomainInterface[]): Promise<void> {
  const names = new Set(interfaces.flatMap(({ network }) => network ?? []));
  for (const name of names) {
    try {
      await (await connection.lookupNetworkByName(name)).close();
    } catch (error) {
      if (!isNotFound(error, VIR_ERR_NO_NETWORK)) throw error;
      throw new Problem('source-not-found', `The destination has no network ${name}.`, { cause: error });
    }
  }
  if (names.size === 0) return;
  const unfilterable = await unfilterableNetworks(connection);
  const bad = interfaces.find(
    ({ filter, network }) => filter !== undefined && unfilterable.has(network ?? ''),
  );
  if (bad)
    throw unsuitable(
      `libvirt cannot filter NICs on the destination's network ${bad.network ?? ''}, and ${bad.mac} has a filter.`,
    );
}

/** libvirt there knows filters at all. @throws Problem destination-unsuitable */
async function demandFiltering(connection: Connection): Promise<void> {
  try {
    const filters = await connection.listAllNWFilters();
    await Promise.all(filters.map((filter) => filter.close()));
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_SUPPORT)) throw error;
    throw unsuitable("The destination's libvirt has no driver for network filters.");
  }
}

/** @throws Problem destination-unsuitable, destination-unreachable */
async function demandPolicy(
  peer: Peer,
  destination: Destination,
  machine: Machine,
  rules: FilterRules,
): Promise<void> {
  const [host, policy, name] = [
    await peer.host(),
    await peer.config(),
    await destination.on((c) => c.getHostname()),
  ];
  if (host.name !== name)
    throw unsuitable(
      `${peer.url} is the virtwarden of ${host.name ?? 'a host whose libvirt is away'}, and ${destination.uri} is ${name}: they must be one host.`,
    );
  const there = new FilterRules(policy, rules.catalog, rules.unfilterable);
  const wrong = machine.now.interfaces.flatMap((nic) => {
    const [has, wants] = [rules.catalog.listOf(nic.filter), there.wanted(machine.definition, nic).filters];
    return JSON.stringify(has) === JSON.stringify(wants)
      ? []
      : [`${nic.mac} has ${has.join(', ') || 'none'} and would be to have ${wants.join(', ') || 'none'}`];
  });
  if (wrong.length === 0 || !machine.active) return;
  throw unsuitable(
    `The destination's policy wants other filters than the VM runs with: ${wrong.join('; ')}. Give its NICs those filters first, or change the policy there.`,
  );
}

/**
 * Whether the destination can take a VM as it is. That it has the bridges is asked by libvirt, before anything is moved.
 * @throws Problem destination-unsuitable, destination-unreachable, vm-name-taken, mac-in-use, source-not-found; LibvirtError
 */
export async function demandSuitable(
  destination: Destination,
  machine: Machine,
  rules: FilterRules,
): Promise<void> {
  demandNothingLearned(machine, rules);
  await destination.on(async (connection) => {
    await demandFiltering(connection);
    await demandFree(connection, machine);
    await demandNetworks(connection, machine.now.interfaces);
  });
  if (destination.peer) await demandPolicy(destination.peer, destination, machine, rules);
}
