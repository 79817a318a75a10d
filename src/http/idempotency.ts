import { Problem } from '../errors.js';

/** An answer as it was given. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
}

interface Entry {
  fingerprint: string;
  /** When it was first sent, by the monotonic clock, ms: the other one jumps. */
  at: number;
  answer?: Answer;
  /** Fulfilled when the first request has its answer, whether or not it is remembered. */
  settled: Promise<void>;
  settle: () => void;
}

const limits = { count: 1000, ms: 24 * 3_600_000 };

/** The answers to requests that came with a key, in memory: bounded, and gone with a restart. */
export class IdempotencyCache {
  /** In order of their coming. */
  readonly #entries = new Map<string, Entry>();
  readonly #limits: typeof limits;

  constructor(bounds = limits) {
    this.#limits = bounds;
  }

  /**
   * Gives the answer of the first request with this key, waiting for it if need be; or undefined, and then the caller is the
   * first: it must call `settle` when it has its answer.
   * @param scope the key, and what it is a key of
   * @param fingerprint what must be the same in each request with the key
   * @throws Problem idempotency-key-reused
   */
  async begin(scope: string, fingerprint: string): Promise<Answer | undefined> {
    for (;;) {
      this.#forgetOld();
      const entry = this.#entries.get(scope);
      if (!entry) break;
      if (entry.fingerprint !== fingerprint) {
        throw new Problem(
          'idempotency-key-reused',
          'The Idempotency-Key was used for another request: a new request needs a new key.',
        );
      }
      if (entry.answer) return entry.answer;
      await entry.settled; // and if its answer is not remembered, one of those who waited is the first
    }
    const { promise, resolve } = withResolvers();
    this.#entries.set(scope, { fingerprint, at: performance.now(), settled: promise, settle: resolve });
    return undefined;
  }

  /** Ends what `begin` began. Without an answer the key is free again. */
  settle(scope: string, answer: Answer | undefined): void {
    const entry = this.#entries.get(scope);
    if (!entry) return;
    if (answer) entry.answer = answer;
    else this.#entries.delete(scope);
    entry.settle();
  }

  /** Those whose first request is still under way are kept, whatever their number. */
  #forgetOld(): void {
    let tooMany = this.#entries.size - this.#limits.count + 1;
    const tooOld = performance.now() - this.#limits.ms;
    for (const [scope, { at, answer }] of this.#entries) {
      if (tooMany <= 0 && at >= tooOld) return;
      if (!answer) continue;
      this.#entries.delete(scope);
      tooMany -= 1;
    }
  }
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
