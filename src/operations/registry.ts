import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Problem } from '../errors.js';
import type { Operation } from '../schemas/operation.js';
import { follow, type OperationLog, type Work } from './work.js';

export interface RunOptions {
  /** Whether the work heeds its signal: it then ends by rejecting, with nothing half done. Default false. */
  cancellable?: boolean;
}

interface Entry {
  operation: Operation;
  cancellable: boolean;
  controller: AbortController;
  /** Fulfilled when the operation has ended, in whatever way. */
  done: Promise<void>;
  /** When it did, by the monotonic clock, ms: the other one jumps. */
  endedAt?: number;
}

/** How much goes on at a time. */
const mostRunning = 64;
const finishedLimits = { count: 1000, ms: 3_600_000 };

interface OperationEvents {
  started: [Operation];
  /** In whatever way: its status tells. */
  ended: [Operation];
}

/** The long work of the service: what runs, and for a while what has ended. */
export class Operations extends EventEmitter<OperationEvents> {
  /** In order of their beginning. */
  readonly #entries = new Map<string, Entry>();
  readonly #log: OperationLog;
  readonly #limits: typeof finishedLimits;

  constructor(log: OperationLog, limits = finishedLimits) {
    super();
    this.#log = log;
    this.#limits = limits;
  }

  /**
   * Begins long work and returns at once. What can be refused at once is to be refused before: a problem in here comes
   * to the caller as that of a failed operation.
   * @param kind what is done, such as vm.shutdown
   * @throws Problem too-many-requests
   * @param vm the UUID of the VM that it is about
   */
  run(kind: string, vm: string | undefined, work: Work, { cancellable = false }: RunOptions = {}): Operation {
    const running = [...this.#entries.values()].filter((one) => one.operation.status === 'running').length;
    if (running >= mostRunning)
      throw new Problem('too-many-requests', `${mostRunning} operations are running already.`);
    const operation: Operation = {
      id: randomUUID(),
      kind,
      ...(vm !== undefined && { vm }),
      status: 'running',
      progress: { percent: 0, text: '' },
      createdAt: new Date().toISOString(),
    };
    const controller = new AbortController();
    const entry: Entry = { operation, cancellable, controller, done: Promise.resolve() };
    this.#forgetOld();
    this.#entries.set(operation.id, entry);
    this.emit('started', operation);
    entry.done = follow(operation, controller.signal, work, this.#log).then(() => {
      entry.endedAt = performance.now();
      this.emit('ended', operation);
    });
    return operation;
  }

  /** @throws Problem operation-not-found */
  get(id: string): Operation {
    return this.#find(id).operation;
  }

  /** All of them, the newest first. */
  list(): Operation[] {
    this.#forgetOld();
    return [...this.#entries.values()].map(({ operation }) => operation).reverse();
  }

  /** How many are running. */
  get running(): number {
    return [...this.#entries.values()].filter(({ operation }) => operation.status === 'running').length;
  }

  /**
   * Tells an operation to end; it has ended when its status says so.
   * @throws Problem operation-not-found, operation-not-cancellable
   */
  cancel(id: string): Operation {
    const { operation, cancellable, controller } = this.#find(id);
    if (operation.status !== 'running') {
      throw new Problem('operation-not-cancellable', `The operation has ended: it ${operation.status}.`);
    }
    if (!cancellable) {
      throw new Problem('operation-not-cancellable', `An operation ${operation.kind} runs to its end.`);
    }
    controller.abort();
    return operation;
  }

  /** Resolves once the operation has ended. @throws Problem operation-not-found */
  async ended(id: string): Promise<void> {
    await this.#find(id).done;
  }

  /** Lets all end: those that can be cancelled are when `graceMs` are over. Resolves when nothing runs. */
  async settle(graceMs: number): Promise<void> {
    const abort = setTimeout(() => {
      for (const { cancellable, controller } of this.#entries.values()) if (cancellable) controller.abort();
    }, graceMs);
    try {
      while (this.running > 0) await Promise.all([...this.#entries.values()].map(({ done }) => done));
    } finally {
      clearTimeout(abort);
    }
  }

  #find(id: string): Entry {
    this.#forgetOld();
    const entry = this.#entries.get(id);
    if (!entry) {
      throw new Problem(
        'operation-not-found',
        `There is no operation ${id}; ended ones are kept for an hour.`,
      );
    }
    return entry;
  }

  #forgetOld(): void {
    const ended = [...this.#entries.values()].filter(({ endedAt }) => endedAt !== undefined);
    const tooMany = ended.length - this.#limits.count;
    const tooOld = performance.now() - this.#limits.ms;
    ended.forEach(({ operation, endedAt = tooOld }, i) => {
      if (i < tooMany || endedAt < tooOld) this.#entries.delete(operation.id);
    });
  }
}
