import { Problem } from '../errors.js';
import type { FilterCatalog } from '../filtering/catalog.js';
import type { FilterRules } from '../filtering/wanted.js';
import { wrongGuards } from '../guard/expected.js';
import { foreignIngress } from '../guard/foreign.js';
import { foundGuards } from '../guard/listing.js';
import { guardOf } from '../guard/nic.js';
import { forgetListing } from '../kernel/guard-table.js';
import type { KernelSnapshot } from '../kernel/snapshot.js';
import { type KernelState, readKernelState } from '../kernel/state.js';
import { readRules } from '../nics/rules.js';
import { readBindings } from '../nwfilters/users.js';
import type { VmContext } from '../vms/context.js';
import type { DomainInterface } from '../xml/domain.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { backendsOf } from './backend.js';
import type { KernelFacts } from './kernel.js';
import { type ComparedNic, spellingFor } from './spelling.js';
import type { HostFacts, VmFacts } from './verdict.js';

/** How the kernel's rules of these NICs are to be compared. @throws Problem kernel-unreadable */
async function comparable(
  state: KernelState,
  bindings: readonly BindingDescription[],
  nics: readonly ComparedNic[],
  catalog: FilterCatalog,
): Promise<KernelFacts> {
  const backendOf = backendsOf(bindings);
  return { ...state, backendOf, spelling: await spellingFor(nics, catalog, backendOf) };
}

/**
 * Reads the kernel's side of the host.
 * @param bindings libvirt's, which say what it makes rules with
 * @param nics those that are to be compared, with the filters that they are to have
 * @throws Problem kernel-unreadable
 */
export const readKernelFacts = async (
  bindings: readonly BindingDescription[],
  nics: readonly ComparedNic[],
  catalog: FilterCatalog,
): Promise<KernelFacts> => comparable(await readKernelState(), bindings, nics, catalog);

/** What is at the ingress of taps, and what is wrong there with these NICs. @throws Problem kernel-unreadable */
async function ingressFacts(
  { ingress }: KernelSnapshot,
  { policy, catalog }: FilterRules,
  nics: readonly DomainInterface[],
): Promise<Pick<HostFacts, 'closed' | 'guards'>> {
  const found = foundGuards(ingress.guards);
  const impossible = new Map<string, string>();
  const wanted = (policy.IngressGuard ? nics : []).flatMap((nic) => {
    try {
      return guardOf(nic, catalog) ?? [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      impossible.set(nic.target ?? '', error.message);
      return [];
    }
  });
  const wrong = await wrongGuards(wanted, found);
  if (wrong.size > 0) forgetListing();
  return {
    closed: new Set(ingress.closed),
    guards: { found, wrong, impossible, foreign: foreignIngress(ingress.others) },
  };
}

/** What verdicts stand on, as libvirt and the kernel tell it. */
interface Told {
  rules: FilterRules;
  bindings: readonly BindingDescription[];
  /** Rejected with the Problem kernel-unreadable where nobody can tell. */
  state: Promise<KernelState>;
}

/** What the kernel says, or why it says nothing: a verdict is then that nobody knows. */
async function tryKernel(
  { rules, bindings, state }: Told,
  vms: readonly VmFacts[],
): Promise<Pick<HostFacts, 'kernel' | 'closed' | 'guards'>> {
  const nics = vms.flatMap(({ active, live }) => (active ? live.interfaces : []));
  const filtered = nics.flatMap((nic) => (nic.filter === undefined ? [] : [{ nic, filter: nic.filter }]));
  try {
    const kernel = await comparable(await state, bindings, filtered, rules.catalog);
    return { kernel, ...(await ingressFacts(kernel.kernel, rules, nics)) };
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'kernel-unreadable') throw error;
    const guards = { found: new Map(), wrong: new Map(), impossible: new Map(), foreign: new Map() };
    return { kernel: { unreadable: error.message }, closed: new Set(), guards };
  }
}

async function compared(told: Told, vms: readonly VmFacts[]): Promise<HostFacts> {
  const { rules, bindings } = told;
  const byPort = new Map(bindings.map((binding) => [binding.port, binding]));
  return { rules, bindings: byPort, ...(await tryKernel(told, vms)) };
}

/**
 * Reads what the verdicts of these VMs stand on, in an order in which what libvirt is changing meanwhile is seen as before or
 * after: the VMs, then the filters, then the kernel.
 * @throws LibvirtError
 */
export async function readHostFacts(context: VmContext, vms: readonly VmFacts[]): Promise<HostFacts> {
  const [rules, bindings] = await Promise.all([readRules(context), readBindings(context.connection)]);
  return compared({ rules, bindings, state: readKernelState() }, vms);
}

/** Reads all of it at once, which is faster: what is wrong may only be half done. @throws LibvirtError */
export async function readHostFactsAtOnce(
  context: VmContext,
  reading: Promise<readonly VmFacts[]>,
): Promise<HostFacts> {
  const state = readKernelState();
  // it is waited for after the others, which may fail first
  state.catch(() => undefined);
  const [vms, rules, bindings] = await Promise.all([
    reading,
    readRules(context),
    readBindings(context.connection),
  ]);
  return compared({ rules, bindings, state }, vms);
}
