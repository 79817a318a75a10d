import {
  type Connection,
  type Domain,
  type DomainState,
  type DomainXML,
  VIR_ERR_NO_DOMAIN,
} from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import { readStates } from '../libvirt/domain-states.js';
import { readDomains } from '../libvirt/domain-xmls.js';
import { readRulesFor } from '../nics/rules.js';
import { viewsOf } from '../nics/view.js';
import type { Vm, VmSummary } from '../schemas/vm.js';
import type { VmContext } from './context.js';
import { stateName, vmView } from './view.js';

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** Whether a name would be taken for a UUID. */
export const looksLikeUuid = (name: string): boolean => uuidPattern.test(name);

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
  return vmView(domain, views, await readRulesFor(context, [views]));
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

/** What is shown of what libvirt has said. */
const summaries = new WeakMap<readonly DomainState[], readonly VmSummary[]>();

/**
 * What VMs there are and what they do now, in order of their UUIDs; the same array again while that is the same.
 * @throws LibvirtError
 */
export async function listStates({
  connection,
}: Pick<VmContext, 'connection'>): Promise<readonly VmSummary[]> {
  const domains = await readStates(connection);
  const known = summaries.get(domains);
  if (known) return known;
  const all = domains
    .map(({ uuid, name, state }) => ({ uuid, name, state: stateName(state) }))
    .sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
  summaries.set(domains, all);
  return all;
}

/** Reads all VMs as they are now, in order of their UUIDs. @throws LibvirtError */
export async function listVms(context: Pick<VmContext, 'connection' | 'policy'>): Promise<Vm[]> {
  const domains = await readDomains(context.connection);
  const all = domains
    .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1))
    .map((domain) => ({ domain, views: viewsOf(domain) }));
  const rules = await readRulesFor(
    context,
    all.map(({ views }) => views),
  );
  return all.map(({ domain, views }) => vmView(domain, views, rules));
}
