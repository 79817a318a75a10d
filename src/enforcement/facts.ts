import {
  type Connection,
  type Domain,
  VIR_CONNECT_LIST_DOMAINS_ACTIVE,
  VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { FilterCatalog } from '../filtering/catalog.js';
import type { FilterRules } from '../filtering/wanted.js';
import { wrongGuards } from '../guard/expected.js';
import { readGuards } from '../guard/guard.js';
import { guardOf } from '../guard/nic.js';
import { closedPorts } from '../kernel/port.js';
import { readPorts } from '../kernel/ports.js';
import { readKernel } from '../kernel/snapshot.js';
import { readRules } from '../nics/rules.js';
import { readBindings } from '../nwfilters/users.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { backendsOf } from './backend.js';
import type { KernelFacts } from './kernel.js';
import { type ComparedNic, spellingFor } from './spelling.js';
import { ownedChains } from '../kernel/owned-chains.js';
import type { HostFacts, VmFacts } from './verdict.js';

/**
 * Reads the kernel's side of the host.
 * @param bindings libvirt's, which say what it makes rules with
 * @param nics those that are to be compared, with the filters that they are to have
 * @throws Problem kernel-unreadable
 */
export async function readKernelFacts(
  bindings: readonly BindingDescription[],
  nics: readonly ComparedNic[],
  catalog: FilterCatalog,
): Promise<KernelFacts> {
  const backendOf = backendsOf(bindings);
  const [kernel, ports, spelling] = await Promise.all([
    readKernel(),
    readPorts(),
    spellingFor(nics, catalog, backendOf),
  ]);
  return { kernel, ports, owned: ownedChains(kernel, ports.keys()), backendOf, spelling };
}

/** The guards of the NICs of these VMs. @throws Problem kernel-unreadable */
async function readGuardFacts(rules: FilterRules, vms: readonly VmFacts[]): Promise<HostFacts['guards']> {
  const found = await readGuards();
  const nics = vms.filter(({ active }) => active).flatMap(({ live }) => live.interfaces);
  const wanted = rules.policy.IngressGuard ? nics.flatMap((nic) => guardOf(nic, rules.catalog) ?? []) : [];
  return { found, wrong: await wrongGuards(wanted, found) };
}

/** What the kernel says, or why it says nothing: a verdict is then that nobody knows. */
async function tryKernel(
  rules: FilterRules,
  bindings: readonly BindingDescription[],
  vms: readonly VmFacts[],
): Promise<Pick<HostFacts, 'kernel' | 'closed' | 'guards'>> {
  const nics = vms.flatMap(({ active, live }) => (active ? live.interfaces : []));
  const filtered = nics.flatMap((nic) => (nic.filter === undefined ? [] : [{ nic, filter: nic.filter }]));
  try {
    const [kernel, closed, guards] = await Promise.all([
      readKernelFacts(bindings, filtered, rules.catalog),
      closedPorts(),
      readGuardFacts(rules, vms),
    ]);
    return { kernel, closed: new Set(closed), guards };
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== 'kernel-unreadable') throw error;
    const nothing = { closed: new Set<string>(), guards: { found: new Map(), wrong: new Map() } };
    return { kernel: { unreadable: error.message }, ...nothing };
  }
}

/** Reads what the verdicts of these VMs stand on. @throws LibvirtError */
export async function readHostFacts(context: VmContext, vms: readonly VmFacts[]): Promise<HostFacts> {
  const [rules, bindings] = await Promise.all([readRules(context), readBindings(context.connection)]);
  const kernel = await tryKernel(rules, bindings, vms);
  return { rules, bindings: new Map(bindings.map((binding) => [binding.port, binding])), ...kernel };
}

/** Reads one VM. @throws LibvirtError */
export async function readVmFacts(domain: Domain): Promise<VmFacts> {
  const [active, persistent] = [await domain.isActive(), await domain.isPersistent()];
  const live = readDomain(await domain.getXMLDesc());
  if (!persistent) return { active, live, definition: undefined };
  if (!active) return { active, live, definition: live };
  return { active, live, definition: readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)) };
}

/** Reads all VMs. @throws LibvirtError */
export async function readAllVmFacts(connection: Connection): Promise<VmFacts[]> {
  const [running, definitions] = await Promise.all([
    connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_ACTIVE),
    connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_DOMAIN_XML_INACTIVE),
  ]);
  const defined = new Map(definitions.map(({ uuid, xml }) => [uuid, readDomain(xml)]));
  const active = running.map(({ uuid, xml }): VmFacts => {
    const definition = defined.get(uuid);
    defined.delete(uuid);
    return { active: true, live: readDomain(xml), definition };
  });
  const off = [...defined.values()].map((vm): VmFacts => ({ active: false, live: vm, definition: vm }));
  return [...active, ...off];
}
