import fp from 'fastify-plugin';
import { Counter, Gauge, Registry } from 'prom-client';
import type { HostVerdicts } from '../enforcement/read.js';
import type { ReconcileResult } from '../enforcement/reconciler.js';
import { type EnforcementStatus, enforcementStatuses } from '../schemas/enforcement.js';

/** What is counted of the service, in Prometheus' terms. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #connected = new Gauge({
    name: 'virtwarden_libvirt_connected',
    help: 'Whether the service has a connection to libvirt',
    registers: [this.#registry],
  });
  readonly #nics = new Gauge({
    name: 'virtwarden_nics',
    help: 'NICs by verdict',
    labelNames: ['status'],
    registers: [this.#registry],
  });
  readonly #dropped = new Gauge({
    name: 'virtwarden_dropped_frames_total',
    help: 'Frames of guests that were dropped, by what they lied about; begins again with the tap of a NIC',
    labelNames: ['vm', 'vm_name', 'nic', 'port', 'class'],
    registers: [this.#registry],
  });
  readonly #runs = new Counter({
    name: 'virtwarden_reconcile_runs_total',
    help: 'How often all NICs were looked at',
    labelNames: ['result'],
    registers: [this.#registry],
  });
  readonly #repairs = new Counter({
    name: 'virtwarden_repairs_total',
    help: 'NICs that were put right, or could not be',
    labelNames: ['result'],
    registers: [this.#registry],
  });

  constructor() {
    for (const result of ['done', 'failed']) {
      this.#runs.inc({ result }, 0);
      this.#repairs.inc({ result }, 0);
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Takes in how a look at all NICs ended; undefined: it failed. */
  reconciled(result: ReconcileResult | undefined): void {
    this.#runs.inc({ result: result ? 'done' : 'failed' });
    this.#repairs.inc({ result: 'done' }, result?.repaired ?? 0);
    this.#repairs.inc({ result: 'failed' }, result?.failed ?? 0);
  }

  /** What Prometheus reads, with these verdicts; undefined: libvirt cannot be asked. */
  async text(verdicts: HostVerdicts | undefined): Promise<string> {
    this.#connected.set(verdicts ? 1 : 0);
    this.#nics.reset();
    this.#dropped.reset();
    if (verdicts) {
      const count = (status: EnforcementStatus): number =>
        verdicts.nics.filter((nic) => nic.status === status).length;
      for (const status of enforcementStatuses) this.#nics.set({ status }, count(status));
      for (const { vm, vmName, nic, port = '', drops } of verdicts.nics) {
        for (const [kind, frames] of Object.entries(drops).filter(([name]) => name !== 'total'))
          this.#dropped.set({ vm, vm_name: vmName, nic, port, class: kind }, frames);
      }
    }
    return this.#registry.metrics();
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

export default fp(
  (app, _options, done) => {
    app.decorate('metrics', new Metrics());
    done();
  },
  { name: 'metrics' },
);
