import { surelyLibvirts } from '../kernel/owned-chains.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import type { KernelFacts } from './kernel.js';
import { type Finding, finding } from './finding.js';
import type { HostVerdicts } from './read.js';

/** Something wrong that belongs to no NIC, and what it is about. */
export interface HostFinding {
  found: Finding;
  about:
    | { kind: 'filter'; filter: string }
    | { kind: 'binding' | 'chains' | 'tap' | 'closed' | 'guard'; port: string }
    /** A tap that the QEMU of a VM may have open, without libvirt's knowing. */
    | { kind: 'held'; port: string; vm: string }
    | { kind: 'other' };
}

/** libvirt's own names for taps; it refuses them from anybody else. */
const libvirtsTap = /^vnet\d+$/;

/** libvirt binds a NIC's filter before QEMU has the NIC. */
const heldBy = (binding: BindingDescription | undefined): HostFinding['about'] =>
  binding ? { kind: 'held', port: binding.port, vm: binding.vm } : { kind: 'other' };

/** Ports of which something is there, and no running VM has them. */
function orphans({ host, vms }: HostVerdicts, { owned, ports }: KernelFacts): HostFinding[] {
  const running = new Set(
    vms.filter(({ active }) => active).flatMap(({ live }) => live.interfaces.map(({ target }) => target)),
  );
  /** Whose frames go somewhere: whoever has it open may rely on its rules. */
  const isOpen = (port: string): boolean => {
    const there = ports.get(port);
    return there !== undefined && (there.carrier || !libvirtsTap.test(port));
  };
  const bindings = [...host.bindings.values()]
    .filter(({ port }) => !running.has(port))
    .map(({ port, vmName }): HostFinding => ({
      found: finding(
        'binding-orphaned',
        `libvirt has a filter bound to ${port} of ${vmName}, which no running VM has${isOpen(port) ? ', but it is there' : ''}.`,
      ),
      about: isOpen(port) ? { kind: 'other' } : { kind: 'binding', port },
    }));
  const chains = [...owned]
    .filter(([port, all]) => !running.has(port) && surelyLibvirts(port, all).length > 0)
    .map(([port]): HostFinding => ({
      found: finding('chain-orphaned', `The kernel has chains of ${port}, which no running VM has.`),
      about: isOpen(port) ? { kind: 'other' } : { kind: 'chains', port },
    }));
  const taps = [...ports]
    .filter(([name, { tap }]) => tap && libvirtsTap.test(name) && !running.has(name))
    .map(([port, { carrier }]): HostFinding => ({
      found: finding(
        'tap-orphaned',
        `The tap ${port} is there, and no running VM has it${carrier ? ', but a process has it open' : ''}.`,
      ),
      about: carrier ? heldBy(host.bindings.get(port)) : { kind: 'tap', port },
    }));
  const closed = [...host.closed]
    .filter((port) => !running.has(port) && !ports.has(port))
    .map((port): HostFinding => ({
      found: finding('port-closed', `The service has closed ${port}, which is gone.`),
      about: { kind: 'closed', port },
    }));
  const guards = [...host.guards.found.keys()]
    // where the tap is gone it guards nothing, and is swept
    .filter((port) => ports.has(port) && (!running.has(port) || !host.rules.policy.IngressGuard))
    .map((port): HostFinding => ({
      found: finding('guard-orphaned', `The tap ${port} has a guard, and no running VM has it.`),
      about: { kind: 'guard', port },
    }));
  return [...bindings, ...chains, ...taps, ...closed, ...guards];
}

/** Bridges that remember no address send every frame to all ports, to those of other VMs, too. */
function forgetful({ vms }: HostVerdicts, { ports }: KernelFacts): HostFinding[] {
  const used = new Set(
    vms.flatMap(({ live }) => live.interfaces.map(({ target }) => ports.get(target ?? '')?.bridge)),
  );
  return [...ports]
    .filter(([name, { ageing }]) => used.has(name) && ageing === 0)
    .map(([name]) => ({
      found: finding(
        'bridge-forgets',
        `The bridge ${name} has an ageing time of 0: it sends the frames for each VM to all others.`,
      ),
      about: { kind: 'other' },
    }));
}

/** What is wrong with a host beside its NICs. */
export function wrongHost(verdicts: HostVerdicts): HostFinding[] {
  const { rules, kernel } = verdicts.host;
  const changed = rules.catalog.changed.map((filter): HostFinding => ({
    found: finding('filter-changed', `The filter ${filter} is not as this service ships it.`),
    about: { kind: 'filter', filter },
  }));
  if ('unreadable' in kernel)
    return [...changed, { found: finding('kernel-unreadable', kernel.unreadable), about: { kind: 'other' } }];
  return [...changed, ...orphans(verdicts, kernel), ...forgetful(verdicts, kernel)];
}
