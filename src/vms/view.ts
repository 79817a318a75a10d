import {
  type DomainXML,
  VIR_DOMAIN_BLOCKED,
  VIR_DOMAIN_CRASHED,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PMSUSPENDED,
  VIR_DOMAIN_RUNNING,
  VIR_DOMAIN_SHUTDOWN,
  VIR_DOMAIN_SHUTOFF,
} from 'node-libvirt';
import type { FilterRules } from '../filtering/wanted.js';
import { nicsOf, nicView, type VmViews } from '../nics/view.js';
import type { Vm, VmState } from '../schemas/vm.js';
import type { DomainDescription } from '../xml/domain.js';
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

type DomainFacts = Pick<DomainXML, 'state' | 'persistent' | 'autostart'>;

/** All but what is shown in another form. */
function descriptionOf(vm: DomainDescription): Omit<DomainDescription, 'interfaces' | 'record'> {
  const description: Partial<DomainDescription> = { ...vm };
  delete description.interfaces;
  delete description.record;
  return description as Omit<DomainDescription, 'interfaces' | 'record'>;
}

function makeView({ state, persistent, autostart }: DomainFacts, views: VmViews, rules: FilterRules): Vm {
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

interface Made extends DomainFacts {
  next: DomainDescription;
  rules: FilterRules;
  vm: Vm;
}

/** The views that were made last, by what libvirt says of a VM now. */
const made = new WeakMap<DomainDescription, Made>();

/** A VM as the API shows it; the same object again while all that it is made of is the same. */
export function vmView(
  { state, persistent, autostart }: DomainFacts,
  views: VmViews,
  rules: FilterRules,
): Vm {
  const { now, next } = views;
  const facts = { state, persistent, autostart };
  // its time may be over at any moment
  const trusted = [now, next].some(({ record }) => record.nics.some(({ trust }) => trust));
  const last = trusted ? undefined : made.get(now);
  if (
    last?.next === next &&
    last.state === state &&
    last.persistent === persistent &&
    last.autostart === autostart &&
    last.rules.sameAs(rules)
  )
    return last.vm;
  const vm = makeView(facts, views, rules);
  made.set(now, { ...facts, next, rules, vm });
  return vm;
}
