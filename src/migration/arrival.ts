import type { Connection } from 'node-libvirt';
import type { EnforcementStatus } from '../schemas/enforcement.js';
import { sameMac } from '../nics/find.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';
import type { Destination } from './destination.js';
import type { Peer } from './peer.js';

/** A VM, and its NICs as they have to be. */
export interface Arrival {
  uuid: string;
  interfaces: readonly DomainInterface[];
}

/** What is known of a NIC on the destination, and why it may not run there yet. */
export interface ArrivedNic {
  mac: string;
  status: EnforcementStatus;
  /** Sentences; undefined: it is as it has to be. */
  wrong?: string;
}

/** A verdict with which a NIC may run: it has no filter by choice, or one that cannot be. */
const isRight = (status: EnforcementStatus, { filter }: DomainInterface): boolean =>
  status === 'enforced' || (filter === undefined && (status === 'unfiltered' || status === 'unenforceable'));

async function asPeerSays(peer: Peer, uuid: string, nic: DomainInterface): Promise<ArrivedNic> {
  const { mac } = nic;
  const verdict = await peer.enforcement(uuid, mac);
  if (!verdict) return { mac, status: 'inactive', wrong: `The NIC ${mac} has not come to ${peer.url}.` };
  const { status, findings } = verdict;
  if (isRight(status, nic)) return { mac, status };
  const said = findings.map(({ detail }) => detail).join(' ');
  return { mac, status, wrong: `The NIC ${mac} is ${status} there. ${said}`.trimEnd() };
}

/** libvirt there has the filter in the VM's live XML, and has made rules of it for the tap. */
async function asLibvirtSays(
  connection: Connection,
  uuid: string,
  nics: readonly DomainInterface[],
): Promise<ArrivedNic[]> {
  await using domain = await connection.lookupDomainByUUIDString(uuid);
  const live = readDomain(await domain.getXMLDesc()).interfaces;
  const bindings = await connection.getAllNWFilterBindingsXML();
  return nics.map(({ mac, filter }): ArrivedNic => {
    const there = live.find((one) => sameMac(one.mac, mac));
    const bound = bindings.find(({ portDev }) => portDev === there?.target)?.filterName;
    const right = there?.target !== undefined && there.filter === filter && bound === filter;
    return right
      ? { mac, status: 'unknown' }
      : {
          mac,
          status: 'unknown',
          wrong: `libvirt there has not filtered the NIC ${mac} with ${filter ?? 'nothing'}.`,
        };
  });
}

/**
 * How the NICs of a VM that has a QEMU on the destination are filtered there.
 * @throws Problem destination-unreachable; LibvirtError
 */
export async function arrivedNics(
  destination: Destination,
  { uuid, interfaces }: Arrival,
): Promise<ArrivedNic[]> {
  const { peer } = destination;
  if (peer) return Promise.all(interfaces.map((nic) => asPeerSays(peer, uuid, nic)));
  return destination.on((connection) => asLibvirtSays(connection, uuid, interfaces));
}

/** Has the destination put right what is wrong with them, where its virtwarden can be asked. @throws Problem destination-unreachable */
export async function repairArrived(
  { peer }: Destination,
  uuid: string,
  nics: readonly ArrivedNic[],
): Promise<void> {
  for (const { mac, wrong } of nics) if (wrong !== undefined) await peer?.repair(uuid, mac);
}

/** What is wrong with them, as sentences; undefined: nothing. */
export const wrongOf = (nics: readonly ArrivedNic[]): string | undefined =>
  nics.flatMap(({ wrong }) => wrong ?? []).join(' ') || undefined;
