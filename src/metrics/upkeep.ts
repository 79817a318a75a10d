import { Counter, type Registry } from 'prom-client';
import type { ReconcileResult } from '../enforcement/reconciler.js';

const results = ['done', 'failed'] as const;

/** What the service does by itself, and whether it succeeds. */
export class UpkeepMetrics {
  readonly #runs: Counter;
  readonly #repairs: Counter;
  readonly #auditFailures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#runs = new Counter({
      name: 'virtwarden_reconcile_runs_total',
      help: 'How often all NICs were looked at',
      labelNames: ['result'],
      registers,
    });
    this.#repairs = new Counter({
      name: 'virtwarden_repairs_total',
      help: 'NICs that were put right, or could not be',
      labelNames: ['result'],
      registers,
    });
    this.#auditFailures = new Counter({
      name: 'virtwarden_audit_failures_total',
      help: 'Lines that could not be written into the audit log',
      registers,
    });
    for (const result of results) {
      this.#runs.inc({ result }, 0);
      this.#repairs.inc({ result }, 0);
    }
  }

  /** Takes in how a look at all NICs ended; undefined: it failed. */
  reconciled(result: ReconcileResult | undefined): void {
    this.#runs.inc({ result: result ? 'done' : 'failed' });
    this.#repairs.inc({ result: 'done' }, result?.repaired ?? 0);
    this.#repairs.inc({ result: 'failed' }, result?.failed ?? 0);
  }

  auditFailed(): void {
    this.#auditFailures.inc();
  }
}
