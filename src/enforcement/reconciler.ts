import { setTimeout as delay } from 'node:timers/promises';
import { sweepGuards } from '../guard/guard.js';
import type { Enforcement } from '../schemas/enforcement.js';
import type { VmContext } from '../vms/context.js';
import { isMendable, isMendableOnDemand } from './finding.js';
import { type HostFinding, wrongHost } from './host.js';
import { mendHost } from './orphans.js';
import { type HostVerdicts, readHostVerdicts } from './read.js';

export interface ReconcileOptions {
  /** A person wants it: what only the policy wants is given too, and nothing is waited for. */
  onDemand?: boolean;
  /** Whether what is wrong is put right, or only told. */
  repair: boolean;
  /** Repairs one NIC, with the lock of its VM. */
  repairNic: (nic: Enforcement, onDemand: boolean) => Promise<Enforcement>;
  progress?: (percent: number, text: string) => void;
}

export interface ReconcileResult {
  checked: number;
  drifted: number;
  repaired: number;
  failed: number;
}

/** Changes that libvirt itself has under way look like drift: what is still so after this long is, ms. */
const confirmMs = 300;
/** A VM that starts may have a port before it is seen to run: what nobody has for this long is nobody's, ms. */
const orphanMs = 5000;

const keyOf = ({ vm, nic, port }: Enforcement): string => `${vm} ${nic} ${port ?? ''}`;
const codesOf = ({ findings }: Enforcement): string => findings.map(({ detail }) => detail).join();

/** The kernel keeps the guard of a tap that is gone. @throws Problem kernel-unreadable */
async function sweep({ host: { kernel, guards } }: HostVerdicts): Promise<void> {
  if ('unreadable' in kernel || [...guards.found.keys()].every((tap) => kernel.ports.has(tap))) return;
  await sweepGuards();
}

/** Finds the NICs whose filters are not in force, tells of them, and puts them right, one at a time. */
export class Reconciler {
  /** The NICs that were told of, and not yet seen to be right again. */
  readonly #drifted = new Map<string, Enforcement>();
  /** When what belongs to nobody was first seen so, ms of the monotonic clock. */
  readonly #orphans = new Map<string, number>();

  /** @throws LibvirtError */
  async run(context: VmContext, options: ReconcileOptions): Promise<ReconcileResult> {
    const { onDemand = false } = options;
    // while filters are replaced, libvirt makes the rules of many NICs anew
    const idle = ({ vm }: Enforcement): boolean =>
      !context.locks.isHeld(vm) && !context.locks.filters.isLocked();
    const wrong = (nic: Enforcement): boolean =>
      nic.status === 'drifted' ||
      nic.findings.some(({ code }) => code === 'port-closed' || (onDemand && code === 'policy-differs'));
    let verdicts = await readHostVerdicts(context);
    let drifted = verdicts.nics.filter((nic) => wrong(nic) && idle(nic));
    if (!onDemand && drifted.some((nic) => !this.#drifted.has(keyOf(nic)))) {
      const before = new Map(drifted.map((nic) => [keyOf(nic), codesOf(nic)]));
      await delay(confirmMs);
      verdicts = await readHostVerdicts(context);
      drifted = verdicts.nics.filter(
        (nic) => wrong(nic) && idle(nic) && before.get(keyOf(nic)) === codesOf(nic),
      );
    }
    await sweep(verdicts);
    this.#tellRestored(verdicts.nics, context);
    for (const nic of drifted) this.#tellDrifted(nic, context);
    const counts = { checked: verdicts.nics.length, drifted: drifted.length, repaired: 0, failed: 0 };
    if (!options.repair) return counts;
    for (const [i, nic] of drifted.entries()) {
      options.progress?.((100 * i) / drifted.length, `${i} of ${drifted.length} NICs are put right`);
      const done = await this.#repair(nic, context, options);
      if (done !== undefined) counts[done] += 1;
    }
    for (const found of this.#due(wrongHost(verdicts), onDemand)) await this.#mend(found, context);
    return counts;
  }

  #tellDrifted(nic: Enforcement, { log, events }: VmContext): void {
    const { vm, nic: mac, port, findings } = nic;
    const known = this.#drifted.get(keyOf(nic));
    if (known && codesOf(known) === codesOf(nic)) return;
    this.#drifted.set(keyOf(nic), nic);
    log.warn({ vm, mac, port, findings }, 'the filter of a NIC is not wholly in force');
    events.publish('enforcement.drifted', {
      vm,
      nic: mac,
      ...(port !== undefined && { port }),
      findings: findings.map(({ code, detail }) => ({ code, detail })),
    });
  }

  #tellRestored(nics: readonly Enforcement[], { events }: VmContext): void {
    const now = new Map(nics.map((nic) => [keyOf(nic), nic]));
    for (const [key, { vm, nic, port }] of this.#drifted) {
      const status = now.get(key)?.status;
      if (status === 'drifted' || status === 'unknown') continue;
      this.#drifted.delete(key);
      if (status === 'enforced' || status === 'unfiltered')
        events.publish('enforcement.restored', { vm, nic, ...(port !== undefined && { port }) });
    }
  }

  async #repair(
    nic: Enforcement,
    { log, events }: VmContext,
    { onDemand = false, repairNic }: ReconcileOptions,
  ): Promise<'repaired' | 'failed' | undefined> {
    if (!nic.findings.some(onDemand ? isMendableOnDemand : isMendable)) return undefined;
    const { vm, nic: mac, port } = nic;
    const about = { vm, nic: mac, ...(port !== undefined && { port }) };
    try {
      await repairNic(nic, onDemand);
      this.#drifted.delete(keyOf(nic));
      const codes = [...new Set(nic.findings.map(({ code }) => code))];
      events.publish('enforcement.repaired', { ...about, detail: `It was put right: ${codes.join(', ')}.` });
      return 'repaired';
    } catch (error) {
      log.error({ err: error, vm, mac, port }, 'the filter of a NIC could not be put right');
      events.publish('enforcement.repair-failed', { ...about, detail: (error as Error).message });
      return 'failed';
    }
  }

  /** What belongs to nobody, and did not a while ago. */
  #due(found: readonly HostFinding[], onDemand: boolean): HostFinding[] {
    const now = performance.now();
    const keys = new Set(found.map(({ about }) => JSON.stringify(about)));
    for (const key of this.#orphans.keys()) if (!keys.has(key)) this.#orphans.delete(key);
    return found.filter(({ about }) => {
      // of a filter, and a guard that is switched off, nobody is in the middle
      if (about.kind === 'filter') return true;
      const key = JSON.stringify(about);
      const since = this.#orphans.get(key) ?? now;
      this.#orphans.set(key, since);
      return now - since >= orphanMs || (onDemand && about.kind === 'closed');
    });
  }

  async #mend({ found, about }: HostFinding, context: VmContext): Promise<void> {
    const port = 'port' in about ? { port: about.port } : {};
    try {
      if (!(await mendHost(context, { found, about }))) return;
      context.log.warn({ ...port, found: found.detail }, 'something that no VM has was put right');
      context.events.publish('enforcement.repaired', { ...port, detail: found.detail });
    } catch (error) {
      context.log.error({ err: error, ...port, found: found.detail }, 'the host could not be put right');
      context.events.publish('enforcement.repair-failed', { ...port, detail: (error as Error).message });
    }
  }
}
