import { Mutex } from 'async-mutex';
import fp from 'fastify-plugin';
import { type HostVerdicts, readHostVerdicts } from '../enforcement/read.js';
import { Reconciler, type ReconcileResult } from '../enforcement/reconciler.js';
import { repairNic } from '../enforcement/repair.js';
import { SharedRead } from '../libvirt/shared-read.js';
import { type RuleWatch, watchRules } from '../kernel/watch.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** The verdicts of all NICs, of a moment after the question. @throws Problem libvirt-unavailable; LibvirtError */
    hostVerdicts(): Promise<HostVerdicts>;
    /**
     * Looks at the filters of all NICs and, if the policy or a person wants it, puts them right.
     * @throws Problem libvirt-unavailable; LibvirtError
     */
    reconcile(options?: {
      onDemand?: boolean;
      progress?: (percent: number, text: string) => void;
    }): Promise<ReconcileResult>;
  }
}

/** How often it is looked when nothing tells of a change, and dropped frames are counted, ms. */
const everyMs = 10_000;
/** Changes come in many, and while libvirt builds rules it is not to be asked for filters (see filter-gate): it is looked when there was none for the first, at the latest after the second, ms. */
const settleMs = 250;
const latestMs = 5000;
/** What was dropped is told of at most so often for a NIC and class, ms. */
const tellMs = 5000;
/** What belongs to nobody is looked at again after this long, ms. */
const againMs = 6000;

/** Calls work soon after the last of many calls, and not while it is busy, but never long after the first. */
function gathered(work: () => void, isBusy: () => boolean): { call: () => void; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let first = 0;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const wait = (): void => {
    const left = first + latestMs - performance.now();
    timer = setTimeout(
      () => {
        if (isBusy() && performance.now() < first + latestMs) {
          wait();
          return;
        }
        timer = undefined;
        work();
      },
      Math.max(0, Math.min(settleMs, left)),
    );
  };
  return {
    stop,
    call: () => {
      if (timer === undefined) first = performance.now();
      stop();
      wait();
    },
  };
}

/**
 * Keeps the filters of all NICs in force: it is looked at on each connection, when the kernel's rules change, and from
 * time to time.
 */
export default fp(
  (app, _options, done) => {
    const reconciler = new Reconciler();
    const running = new Mutex();
    let closing = false;
    let again: NodeJS.Timeout | undefined;
    let watch: RuleWatch | undefined;

    // those who ask at the same time share what is read: each reading runs several of the kernel's tools
    const verdicts = new SharedRead(async () => readHostVerdicts(app.vmContext()));
    app.decorate('hostVerdicts', () => verdicts.ask());
    app.decorate('reconcile', async ({ onDemand = false, progress } = {}) =>
      running.runExclusive(() =>
        reconciler.run(app.vmContext(), {
          onDemand,
          repair: onDemand || app.policy.current.reconcile === 'repair',
          repairNic: ({ vm, nic }, wanted) =>
            app.changeVm(vm, (domain) => repairNic(app.vmContext(), domain, nic, wanted), {
              migrating: true,
            }),
          ...(progress && { progress }),
        }),
      ),
    );

    function look(): void {
      // whoever waits for the run before sees what this one would see
      if (closing || !app.libvirt.connected || queued) return;
      queued = true;
      void running
        .runExclusive(() => {
          queued = false;
        })
        .then(() => app.reconcile())
        .then((result) => {
          app.metrics.upkeep.reconciled(result);
          if (result.failed > 0) later();
        })
        .catch((error: unknown) => {
          app.metrics.upkeep.reconciled(undefined);
          if (!closing) app.log.error({ err: error }, 'the filters of the NICs could not be looked at');
        });
    }
    let queued = false;
    // a change of a VM looks at its rules itself, and what is looked at meanwhile takes its time
    const soon = gathered(look, () => app.libvirt.connected && app.vmContext().locks.areHeld);
    function later(): void {
      clearTimeout(again);
      again = setTimeout(look, againMs);
    }

    const timer = setInterval(look, everyMs);
    const tell = setInterval(() => {
      if (!app.libvirt.connected) return;
      const context = app.vmContext();
      for (const dropped of context.drops.take()) app.events.publish('spoof.dropped', dropped);
    }, tellMs);
    app.libvirt.on('connected', soon.call);
    app.policy.on('changed', () => {
      soon.call();
      later();
    });
    app.addHook('onReady', () => {
      watch = watchRules(() => {
        soon.call();
        later();
      }, app.log);
    });
    app.addHook('onClose', async () => {
      closing = true;
      clearInterval(timer);
      clearInterval(tell);
      clearTimeout(again);
      soon.stop();
      watch?.stop();
      await running.waitForUnlock();
    });
    done();
  },
  { name: 'enforcement', dependencies: ['vms', 'libvirt', 'policy', 'metrics'] },
);
