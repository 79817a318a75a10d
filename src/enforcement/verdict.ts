import { filterNameFor } from '../filtering/composed.js';
import { controlVariables } from '../filtering/catalog.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { FoundGuard } from '../guard/listing.js';
import { sameMac } from '../nics/find.js';
import type { EnforcementStatus } from '../schemas/enforcement.js';
import type { DomainDescription, DomainInterface } from '../xml/domain.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { sameParameters, wrongBinding } from './binding.js';
import { type Finding, finding } from './finding.js';
import { type KernelFacts, wrongInKernel } from './kernel.js';

/** All that verdicts are made of, read at one moment. */
export interface HostFacts {
  rules: FilterRules;
  bindings: ReadonlyMap<string, BindingDescription>;
  /** Or why the kernel could not be read. */
  kernel: KernelFacts | { unreadable: string };
  /** The ports that the service has closed. */
  closed: ReadonlySet<string>;
  /** By tap: the guards that there are, and what is otherwise with those that there must be. */
  guards: {
    found: ReadonlyMap<string, FoundGuard>;
    wrong: ReadonlyMap<string, string>;
    /** Why there can be none. */
    impossible: ReadonlyMap<string, string>;
    /** The tables of others that send frames past the filters. */
    foreign: ReadonlyMap<string, string>;
  };
}

/** A VM as it runs, and its definition, when it has one. */
export interface VmFacts {
  active: boolean;
  live: DomainDescription;
  definition: DomainDescription | undefined;
}

export interface Verdict {
  status: EnforcementStatus;
  /** The filters that the NIC is to have. */
  desired: string[];
  findings: Finding[];
}

interface Desired {
  filters: string[];
  parameters?: DomainInterface['filterParameters'];
  /** Whether its definition says so; else the policy does, and the NIC may have been without before that. */
  defined: boolean;
}

/** What a NIC is to have now: the filter of its definition; the policy's when that names none. */
function desiredOf({ live, definition }: VmFacts, nic: DomainInterface, rules: FilterRules): Desired {
  const planned = definition?.interfaces.find(({ mac }) => sameMac(mac, nic.mac));
  if (planned?.filter !== undefined)
    return {
      filters: rules.catalog.listOf(planned.filter),
      parameters: planned.filterParameters,
      defined: true,
    };
  return { filters: rules.wanted(definition ?? live, planned ?? nic).filters, defined: false };
}

/** Where what runs has another filter than it is to have. */
function wrongFilter(nic: DomainInterface, desired: Desired): Finding[] {
  const wanted = filterNameFor(desired.filters);
  if (wanted === undefined) return [];
  const names = desired.filters.join(', ');
  if (!desired.defined && nic.filter !== wanted) {
    const has = nic.filter === undefined ? 'no filter' : `the filter ${nic.filter}`;
    return [finding('policy-differs', `The NIC has ${has}, and the policy wants ${names}.`)];
  }
  if (nic.filter === undefined)
    return [finding('filter-missing', `The live NIC has no filter, and its definition ${names}.`)];
  if (nic.filter !== wanted)
    return [
      finding('filter-differs', `The live NIC has the filter ${nic.filter}, and its definition ${names}.`),
    ];
  if (desired.parameters && !sameParameters(desired.parameters, nic.filterParameters))
    return [
      finding('filter-differs', 'The live NIC has other parameters of its filter than its definition.'),
    ];
  return [];
}

/** Parameters with which a filter does not hold what it promises. */
function wrongParameters(nic: DomainInterface, filter: string, rules: FilterRules): Finding[] {
  const given = new Map(nic.filterParameters.map(({ name, value }) => [name, value]));
  const mac = given.get('MAC');
  const needed = rules.catalog.variables([filter]);
  return [
    ...(mac !== undefined && !sameMac(mac, nic.mac)
      ? [finding('parameter-overrides-mac', `The parameter MAC is ${mac}, the NIC's own is ${nic.mac}.`)]
      : []),
    ...(needed.has('IP') && !given.has('IP')
      ? [finding('address-learned', `The filter ${filter} needs IP, and the NIC gives none.`)]
      : []),
    ...(given.has('CTRL_IP_LEARNING') && !given.has('IP') && controlVariables.has('CTRL_IP_LEARNING')
      ? [finding('address-learned', 'The NIC has the parameter CTRL_IP_LEARNING, and no IP.')]
      : []),
  ];
}

function wrongIngress(port: string, { guards }: HostFacts): Finding[] {
  const { found, wrong, impossible, foreign } = guards;
  const [said, why, table] = [wrong.get(port), impossible.get(port), foreign.get(port)];
  return [
    ...(said === undefined
      ? []
      : [finding(found.has(port) ? 'guard-differs' : 'guard-missing', `At the ingress, ${said}.`)]),
    ...(why === undefined ? [] : [finding('guard-impossible', `There is no guard: ${why}.`)]),
    ...(table === undefined
      ? []
      : [finding('ingress-foreign', `The table ${table} meddles with what comes from ${port}.`)]),
  ];
}

/** The verdict of one NIC. */
export function verdictOf(vm: VmFacts, nic: DomainInterface, host: HostFacts): Verdict {
  const { rules, kernel } = host;
  const desired = desiredOf(vm, nic, rules);
  const answer = (status: EnforcementStatus, findings: Finding[] = []): Verdict => ({
    status,
    desired: desired.filters,
    findings,
  });
  if (!vm.active || nic.target === undefined) return answer('inactive');
  if (!rules.canFilter(nic)) return answer('unenforceable');
  if ('unreadable' in kernel) return answer('unknown', [finding('kernel-unreadable', kernel.unreadable)]);
  const port = nic.target;
  const before = [
    ...(host.closed.has(port)
      ? [finding('port-closed', `The service has closed ${port}: nothing of the guest gets out.`)]
      : []),
    ...wrongFilter(nic, desired),
  ];
  const filter = nic.filter;
  if (filter === undefined) {
    const strange = (kernel.owned.get(port) ?? []).map(({ chain, table }) =>
      finding('chain-strange', `The chain ${chain} of ${table} is there, and the NIC has no filter.`),
    );
    const findings = [...before, ...strange];
    return answer(before.some(({ code }) => code !== 'port-closed') ? 'drifted' : 'unfiltered', findings);
  }
  const findings = [
    ...before,
    ...wrongParameters(nic, filter, rules),
    ...wrongBinding(vm.live.uuid, nic, host.bindings.get(port)),
    ...wrongInKernel(nic, filter, rules.catalog, kernel),
    ...wrongIngress(port, host),
  ];
  const drifted = findings.some(({ code }) => code !== 'policy-differs');
  return answer(drifted ? 'drifted' : 'enforced', findings);
}
