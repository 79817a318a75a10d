import {
  type Domain,
  VIR_DOMAIN_METADATA_DESCRIPTION,
  VIR_DOMAIN_AFFECT_CONFIG,
  VIR_DOMAIN_AFFECT_LIVE,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { demandLevel } from '../filtering/trust.js';
import type { VmPatch } from '../schemas/vm.js';
import { type DomainDescription, readDomain } from '../xml/domain.js';
import type { VmContext } from './context.js';
import { demandName, takeName } from './names.js';
import { affected, recordOf, writeRecord } from './record.js';
import { resizeMemory, resizeVcpus } from './resize.js';

/** One part of a change: it happens as a whole or not at all, and can be undone. */
export interface Step {
  what: string;
  apply: () => Promise<void>;
  undo: () => Promise<void>;
}

/** A VM as it is before a change. */
export interface Before {
  domain: Domain;
  active: boolean;
  persistent: boolean;
  /** What runs; the same as `config` when it is off. */
  live: DomainDescription;
  /** The definition; of a transient VM what would be one. */
  config: DomainDescription;
}

/** @throws Problem vm-state-conflict, vm-name-taken */
function rename({ connection, locks }: VmContext, { domain, active, config }: Before, name: string): Step {
  demandName(name);
  if (active) {
    throw new Problem(
      'vm-state-conflict',
      `The VM ${config.name} is active: it is renamed while it is shut off.`,
    );
  }
  const apply = (): Promise<void> =>
    locks.host.runExclusive(() => takeName(connection, name, () => domain.rename(name)));
  return { what: 'name', apply, undo: () => domain.rename(config.name) };
}

async function autostart({ domain }: Before, on: boolean): Promise<Step> {
  const before = await domain.getAutostart();
  return {
    what: 'autostart',
    apply: () => domain.setAutostart(on),
    undo: () => domain.setAutostart(before),
  };
}

function describe({ domain, active, persistent, live, config }: Before, text: string | null): Step {
  const set = (value: string | null, flags: number): Promise<void> =>
    domain.setMetadata(VIR_DOMAIN_METADATA_DESCRIPTION, value, null, null, flags);
  return {
    what: 'description',
    apply: async () => set(text, await affected(domain)),
    undo: async () => {
      if (active) await set(live.description ?? null, VIR_DOMAIN_AFFECT_LIVE);
      if (persistent) await set(config.description ?? null, VIR_DOMAIN_AFFECT_CONFIG);
    },
  };
}

async function setLevel({ domain }: Before, version: string | null): Promise<Step> {
  const before = await recordOf(domain);
  const after = { ...before };
  if (version === null) delete after.compatibilityVersion;
  else after.compatibilityVersion = version;
  return {
    what: 'compatibilityVersion',
    apply: () => writeRecord(domain, after),
    undo: () => writeRecord(domain, before),
  };
}

/** What the change comes to, in order; all that can be refused at once is refused here. */
async function plan(context: VmContext, before: Before, patch: VmPatch): Promise<Step[]> {
  const steps: Step[] = [];
  if (patch.memoryMiB !== undefined) steps.push(resizeMemory(before, patch.memoryMiB));
  if (patch.vcpus !== undefined) steps.push(resizeVcpus(before, patch.vcpus));
  if (patch.autostart !== undefined) steps.push(await autostart(before, patch.autostart));
  if (patch.description !== undefined) steps.push(describe(before, patch.description));
  if (patch.compatibilityVersion !== undefined) {
    demandLevel(context.policy(), patch.compatibilityVersion, context.mayTrust);
    steps.push(await setLevel(before, patch.compatibilityVersion));
  }
  // last, since others may come to hear of a new name
  if (patch.name !== undefined && patch.name !== before.config.name) {
    steps.push(rename(context, before, patch.name));
  }
  return steps;
}

/**
 * Changes a VM, and its definition if it has one: all that was asked for or nothing. The caller holds its lock.
 * @throws Problem, LibvirtError
 */
export async function updateVm(context: VmContext, domain: Domain, patch: VmPatch): Promise<void> {
  const [active, persistent, live, config] = await Promise.all([
    domain.isActive(),
    domain.isPersistent(),
    domain.getXMLDesc(),
    domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE),
  ]);
  const before = { domain, active, persistent, live: readDomain(live), config: readDomain(config) };
  const begun: Step[] = [];
  try {
    for (const step of await plan(context, before, patch)) {
      begun.push(step);
      await step.apply();
    }
  } catch (error) {
    await rollBack(context, domain, begun);
    throw error;
  }
}

/** The step that failed may have done half of it: it is undone too. */
async function rollBack({ log }: VmContext, domain: Domain, begun: Step[]): Promise<void> {
  for (const { what, undo } of begun.reverse()) {
    await undo().catch((error: unknown) => {
      log.error(
        { err: error, uuid: domain.uuid },
        `the ${what} of a VM could not be set back after a failed change`,
      );
    });
  }
}
