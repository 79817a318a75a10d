import type { Domain } from 'node-libvirt';
import type { DropCounter } from '../drops/counter.js';
import { dropSources, hasUncounted } from '../drops/sources.js';
import { nicOf } from '../nics/find.js';
import { nicsOf } from '../nics/view.js';
import {
  type Enforcement,
  type EnforcementStatus,
  enforcementStatuses,
  type HostEnforcement,
} from '../schemas/enforcement.js';
import type { VmContext } from '../vms/context.js';
import type { DomainInterface } from '../xml/domain.js';
import type { LibvirtBackend } from './backend.js';
import type { KernelFacts } from './kernel.js';
import { readHostFacts, readHostFactsAtOnce } from './facts.js';
import { wrongHost } from './host.js';
import { rulesOf } from './rules.js';
import { type HostFacts, type VmFacts, verdictOf } from './verdict.js';
import { readAllVmFacts, readVmFacts } from './vm-facts.js';

/** All NICs of a VM: those that run, and those that are only in its definition. */
const allNics = ({ active, live, definition }: VmFacts): DomainInterface[] =>
  nicsOf({ now: live, next: active && definition ? definition : live });

/** What was dropped of what the NIC's guest sent, up to now. */
function dropsOf(
  counter: DropCounter,
  { live }: VmFacts,
  { mac, target: port }: DomainInterface,
  { kernel, guards }: HostFacts,
): Enforcement['drops'] {
  if (port === undefined || 'unreadable' in kernel) return { total: 0 };
  const sources = dropSources(port, kernel, guards.found.get(port));
  const drops = [...counter.observe({ vm: live.uuid, nic: mac, port }, sources, kernel.read)];
  return {
    ...Object.fromEntries(drops),
    total: drops.reduce((sum, [, frames]) => sum + frames, 0),
  };
}

const shownBackend = ({ kernel }: KernelFacts, backend: LibvirtBackend): Enforcement['backend'] =>
  backend === 'nftables' ? backend : kernel.ebtables;

/** A NIC's verdict as the API shows it. */
function viewOf(counter: DropCounter, vm: VmFacts, nic: DomainInterface, host: HostFacts): Enforcement {
  const { catalog } = host.rules;
  const { target: port, filter } = nic;
  const binding = port === undefined ? undefined : host.bindings.get(port);
  const { kernel } = host;
  return {
    vm: vm.live.uuid,
    vmName: vm.live.name,
    nic: nic.mac,
    ...(port !== undefined && { port }),
    ...verdictOf(vm, nic, host),
    ...(vm.active && {
      domain: { filters: catalog.listOf(filter), parameters: nic.filterParameters },
    }),
    ...(binding && {
      binding: {
        vm: binding.vm,
        mac: binding.mac,
        filters: catalog.listOf(binding.filter),
        parameters: binding.parameters,
      },
    }),
    ...('kernel' in kernel && { backend: shownBackend(kernel, kernel.backendOf(port)) }),
    drops: dropsOf(counter, vm, nic, host),
    ...(port !== undefined && 'kernel' in kernel && hasUncounted(port, kernel) && { dropsPartial: true }),
    rules: port === undefined || 'unreadable' in kernel ? [] : rulesOf(kernel, port),
    checkedAt: new Date().toISOString(),
  };
}

/** The verdict of one NIC of a VM. @throws Problem nic-not-found; LibvirtError */
export async function readEnforcement(context: VmContext, domain: Domain, mac: string): Promise<Enforcement> {
  const vm = await readVmFacts(domain);
  const host = await readHostFacts(context, [vm]);
  return viewOf(context.drops, vm, nicOf({ ...vm.live, interfaces: allNics(vm) }, mac), host);
}

/** A host's facts with the verdicts of all its NICs. */
export interface HostVerdicts {
  host: HostFacts;
  vms: VmFacts[];
  nics: Enforcement[];
}

const verdictsOf = ({ drops }: VmContext, vms: VmFacts[], host: HostFacts): HostVerdicts => ({
  host,
  vms,
  nics: vms.flatMap((vm) => allNics(vm).map((nic) => viewOf(drops, vm, nic, host))),
});

/** The verdicts of all NICs. What seems drifted is looked at twice. @throws LibvirtError */
export async function readHostVerdicts(context: VmContext): Promise<HostVerdicts> {
  const reading = readAllVmFacts(context.connection);
  const [first, host] = await Promise.all([reading, readHostFactsAtOnce(context, reading)]);
  let verdicts = verdictsOf(context, first, host);
  if (verdicts.nics.some(({ status }) => status === 'drifted')) {
    const vms = await readAllVmFacts(context.connection);
    verdicts = verdictsOf(context, vms, await readHostFacts(context, vms));
  }
  const present = verdicts.nics.flatMap(({ vm, nic, port }) =>
    port === undefined ? [] : [{ vm, nic, port }],
  );
  context.drops.keep(present);
  return verdicts;
}

/** The whole host: counts, what is not enforced, and what belongs to no NIC. */
export function hostEnforcementOf(verdicts: HostVerdicts): HostEnforcement {
  const { host, nics } = verdicts;
  const count = (status: EnforcementStatus): number => nics.filter((nic) => nic.status === status).length;
  return {
    counts: Object.fromEntries(
      enforcementStatuses.map((status) => [status, count(status)]),
    ) as HostEnforcement['counts'],
    nics: nics.filter(({ status }) => status !== 'enforced'),
    findings: wrongHost(verdicts).map(({ found }) => found),
    ...('kernel' in host.kernel && { backend: shownBackend(host.kernel, host.kernel.backendOf()) }),
    checkedAt: new Date().toISOString(),
  };
}
