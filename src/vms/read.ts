import {
  type Connection,
  type Domain,
  VIR_CONNECT_LIST_DOMAINS_ACTIVE,
  VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
  VIR_DOMAIN_BLOCKED,
  VIR_DOMAIN_CRASHED,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PMSUSPENDED,
  VIR_DOMAIN_RUNNING,
  VIR_DOMAIN_SHUTDOWN,
  VIR_DOMAIN_SHUTOFF,
  VIR_DOMAIN_XML_INACTIVE,
  VIR_ERR_NO_DOMAIN,
} from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import type { FilterRules } from '../filtering/wanted.js';
import { readRules } from '../nics/rules.js';
import { nicsOf, nicView } from '../nics/view.js';
import type { Vm, VmState } from '../schemas/vm.js';
import { type DomainDescription, readDomain } from '../xml/domain.js';
import type { VmContext } from './context.js';
import { seedsOf } from './seed-path.js';

const states: Readonly<Record<number, VmState>> = {
  [VIR_DOMAIN_RUNNING]: 'running',
  [VIR_DOMAIN_BLOCKED]: 'blocked',
  [VIR_DOMAIN_PAUSED]: 'paused',
  [VIR_DOMAIN_SHUTDOWN]: 'shutdown',
  [VIR_DOMAIN_SHUTOFF]: 'shutoff',
  [VIR_DOMAIN_CRASHED]: 'crashed',
  [VIR_DOMAIN_PMSUSPENDED]: 'pmsuspended',
};

/** A state of a newer libvirt: it is there, and whether it runs is not known. */
export const stateName = (state: number): VmState => states[state] ?? 'blocked';

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Whether a name would be taken for a UUID. */
export const looksLikeUuid = (name: string): boolean => uuidPattern.test(name);

interface DomainFacts {
  xml: string;
  state: number;
  persistent: boolean;
  autostart: boolean;
  /** The definition, where it is not what runs. */
  inactiveXml?: string;
}

/** All but what is shown in another form. */
function descriptionOf(vm: DomainDescription): Omit<DomainDescription, 'interfaces' | 'record'> {
  const description: Partial<DomainDescription> = { ...vm };
  delete description.interfaces;
  delete description.record;
  return description as Omit<DomainDescription, 'interfaces' | 'record'>;
}

function toVm({ xml, inactiveXml, state, persistent, autostart }: DomainFacts, rules: FilterRules): Vm {
  const now = readDomain(xml);
  const views = { now, next: inactiveXml === undefined ? now : readDomain(inactiveXml) };
  const { record } = now;
  return {
    ...descriptionOf(now),
    state: stateName(state),
    persistent,
    autostart,
    nics: nicsOf(views).map((nic) => nicView(views, nic, rules)),
    ...(record.createdAt !== undefined && { createdAt: record.createdAt }),
    ...(record.compatibilityVersion !== undefined && { compatibilityVersion: record.compatibilityVersion }),
    ...(seedsOf(now).length > 0 && { cloudInit: { present: true } }),
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
export async function readVm(context: VmContext, domain: Domain): Promise<Vm> {
  const [xml, { state }, persistent, autostart, active, rules] = await Promise.all([
    domain.getXMLDesc(),
    domain.getState(),
    domain.isPersistent(),
    domain.getAutostart(),
    domain.isActive(),
    readRules(context),
  ]);
  const facts = { xml, state, persistent, autostart };
  if (!active || !persistent) return toVm(facts, rules);
  return toVm({ ...facts, inactiveXml: await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE) }, rules);
}

/** Reads all VMs as they are now, in order of their UUIDs. @throws LibvirtError */
export async function listVms(context: VmContext): Promise<Vm[]> {
  const { connection } = context;
  const runningAndDefined = VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT;
  const [domains, definitions, rules] = await Promise.all([
    connection.getAllDomainsXML(),
    connection.getAllDomainsXML(runningAndDefined, VIR_DOMAIN_XML_INACTIVE),
    readRules(context),
  ]);
  const inactive = new Map(definitions.map(({ uuid, xml }) => [uuid, xml]));
  return domains
    .map((domain) => {
      const inactiveXml = inactive.get(domain.uuid);
      return toVm({ ...domain, ...(inactiveXml !== undefined && { inactiveXml }) }, rules);
    })
    .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1));
}
