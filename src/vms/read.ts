import {
  type Connection,
  type Domain,
  type DomainXML,
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
import type { FilterRules } from '../filtering/wanted.js';
import { readRulesFor } from '../nics/rules.js';
import { nicsOf, nicView, viewsOf, type VmViews } from '../nics/view.js';
import type { Vm, VmState, VmSummary } from '../schemas/vm.js';
import type { DomainDescription } from '../xml/domain.js';
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

type DomainFacts = Pick<DomainXML, 'state' | 'persistent' | 'autostart'>;

/** All but what is shown in another form. */
function descriptionOf(vm: DomainDescription): Omit<DomainDescription, 'interfaces' | 'record'> {
  const description: Partial<DomainDescription> = { ...vm };
  delete description.interfaces;
  delete description.record;
  return description as Omit<DomainDescription, 'interfaces' | 'record'>;
}

function toVm({ state, persistent, autostart }: DomainFacts, views: VmViews, rules: FilterRules): Vm {
  const { now } = views;
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

/** Waits for a lookup. @throws Problem vm-not-found */
async function found<T>(vm: string, lookup: Promise<T>): Promise<T> {
  try {
    return await lookup;
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_DOMAIN)) throw error;
    const which = looksLikeUuid(vm) ? 'with the UUID' : 'named';
    throw new Problem('vm-not-found', `There is no VM ${which} ${vm}.`, { cause: error });
  }
}

/**
 * Looks a VM up by its UUID, or by its name. The caller closes it.
 * @throws Problem vm-not-found
 */
export async function lookupVm(connection: Connection, vm: string): Promise<Domain> {
  const looked = looksLikeUuid(vm)
    ? connection.lookupDomainByUUIDString(vm)
    : connection.lookupDomainByName(vm);
  return found(vm, looked);
}

async function viewOf(context: Pick<VmContext, 'connection' | 'policy'>, domain: DomainXML): Promise<Vm> {
  const views = viewsOf(domain);
  return toVm(domain, views, await readRulesFor(context, [views]));
}

/** Reads one VM as it is now. @throws LibvirtError */
export async function readVm(context: VmContext, { uuid }: Domain): Promise<Vm> {
  return viewOf(context, await context.connection.getDomainXMLByUUIDString(uuid));
}

/** The same by its UUID or name, in one hop. @throws Problem vm-not-found, LibvirtError */
export async function findVm(context: Pick<VmContext, 'connection' | 'policy'>, vm: string): Promise<Vm> {
  const { connection } = context;
  const read = looksLikeUuid(vm)
    ? connection.getDomainXMLByUUIDString(vm)
    : connection.getDomainXMLByName(vm);
  return viewOf(context, await found(vm, read));
}

/** What one does, by its UUID or name. @throws Problem vm-not-found, LibvirtError */
export async function findState(
  { connection }: Pick<VmContext, 'connection'>,
  vm: string,
): Promise<VmSummary> {
  const read = looksLikeUuid(vm)
    ? connection.getDomainStateByUUIDString(vm)
    : connection.getDomainStateByName(vm);
  const { uuid, name, state } = await found(vm, read);
  return { uuid, name, state: stateName(state) };
}

/** What VMs there are and what they do, in order of their UUIDs. @throws LibvirtError */
export async function listStates({ connection }: Pick<VmContext, 'connection'>): Promise<VmSummary[]> {
  const domains = await connection.getAllDomainStates();
  return domains
    .map(({ uuid, name, state }) => ({ uuid, name, state: stateName(state) }))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

/** Reads all VMs as they are now, in order of their UUIDs. @throws LibvirtError */
export async function listVms(context: Pick<VmContext, 'connection' | 'policy'>): Promise<Vm[]> {
  const domains = await context.connection.getAllDomainsXML(0, 0, true);
  const all = domains
    .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))
    .map((domain) => ({ domain, views: viewsOf(domain) }));
  const rules = await readRulesFor(
    context,
    all.map(({ views }) => views),
  );
  return all.map(({ domain, views }) => toVm(domain, views, rules));
}
