import {
  type Connection,
  type Domain,
  VIR_DOMAIN_BLOCKED,
  VIR_DOMAIN_CRASHED,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PMSUSPENDED,
  VIR_DOMAIN_RUNNING,
  VIR_DOMAIN_SHUTDOWN,
  VIR_DOMAIN_SHUTOFF,
  VIR_ERR_NO_DOMAIN,
} from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import type { Nic } from '../schemas/nic.js';
import type { Vm, VmState } from '../schemas/vm.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';

const states: Readonly<Record<number, VmState>> = {
  [VIR_DOMAIN_RUNNING]: 'running',
  [VIR_DOMAIN_BLOCKED]: 'blocked',
  [VIR_DOMAIN_PAUSED]: 'paused',
  [VIR_DOMAIN_SHUTDOWN]: 'shutdown',
  [VIR_DOMAIN_SHUTOFF]: 'shutoff',
  [VIR_DOMAIN_CRASHED]: 'crashed',
  [VIR_DOMAIN_PMSUSPENDED]: 'pmsuspended',
};

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Whether a name would be taken for a UUID. */
export const looksLikeUuid = (name: string): boolean => uuidPattern.test(name);

function toNic({ type, bridge, network, virtualport, filter, ...nic }: DomainInterface): Nic {
  return {
    ...nic,
    source: {
      type,
      ...(bridge !== undefined && { bridge }),
      ...(network !== undefined && { network }),
      ...(virtualport !== undefined && { virtualport }),
    },
    filters: filter === undefined ? [] : [filter],
  };
}

interface DomainFacts {
  xml: string;
  state: number;
  persistent: boolean;
  autostart: boolean;
}

function toVm({ xml, state, persistent, autostart }: DomainFacts): Vm {
  const { interfaces, ...description } = readDomain(xml);
  return {
    ...description,
    // a state of a newer libvirt: it is there, and whether it runs is not known
    state: states[state] ?? 'blocked',
    persistent,
    autostart,
    nics: interfaces.map(toNic),
  };
}

/**
 * Looks a VM up by its UUID, or by its name. The caller closes it.
 * @throws Problem vm-not-found
 */
export async function lookupVm(connection: Connection, vm: string): Promise<Domain> {
  try {
    return looksLikeUuid(vm)
      ? await connection.lookupDomainByUUIDString(vm)
      : await connection.lookupDomainByName(vm);
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_DOMAIN)) throw error;
    throw new Problem(
      'vm-not-found',
      `There is no VM ${looksLikeUuid(vm) ? 'with the UUID' : 'named'} ${vm}.`,
      {
        cause: error,
      },
    );
  }
}

/** Reads one VM as it is now. @throws LibvirtError */
export async function readVm(domain: Domain): Promise<Vm> {
  const [xml, { state }, persistent, autostart] = await Promise.all([
    domain.getXMLDesc(),
    domain.getState(),
    domain.isPersistent(),
    domain.getAutostart(),
  ]);
  return toVm({ xml, state, persistent, autostart });
}

/** Reads all VMs as they are now, in order of their UUIDs. @throws LibvirtError */
export async function listVms(connection: Connection): Promise<Vm[]> {
  const domains = await connection.getAllDomainsXML();
  return domains.map(toVm).toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1));
}
