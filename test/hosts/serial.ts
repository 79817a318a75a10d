import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Pending {
  armed?: () => void;
  resolve: (rest: string) => void;
  reject: (error: Error) => void;
}

/** The agent's line protocol (see native/agent.c) over a serial port. */
export class SerialLines {
  /** Lines that were no answers. */
  readonly other: string[] = [];
  readonly #out: Writable;
  readonly #pending = new Map<string, Pending>();
  readonly #over: Promise<void>;
  #isReady: () => void = () => undefined;
  readonly #ready: Promise<void>;
  // Answers to an earlier connection must not be taken for ours.
  readonly #prefix = `${process.pid.toString(36)}-${Math.floor(performance.now()).toString(36)}-`;
  #next = 0;

  constructor(input: Readable, out: Writable, over: Promise<void>) {
    this.#out = out;
    this.#over = over;
    this.#ready = new Promise((resolve) => (this.#isReady = resolve));
    out.on('error', () => undefined);
    input.on('error', () => undefined);
    createInterface(input).on('line', (line) => {
      this.#line(line);
    });
    void over.finally(() => {
      for (const pending of this.#pending.values()) pending.reject(new Error('the serial port was closed'));
    });
  }

  async ready(timeoutMs: number): Promise<void> {
    const closed = this.#over.then(() => {
      throw new Error('the serial port was closed before the guest was up');
    });
    await within(
      Promise.race([this.#ready, closed]),
      timeoutMs,
      () => `the guest did not say READY, but: ${this.other.join('\n')}`,
    );
  }

  /** What follows OK in the answer; rejects on ERR. */
  request(command: string, timeoutMs = 60_000): Promise<string> {
    return this.requestArmed(command, timeoutMs).answer;
  }

  /** For a command that first says ARMED, and answers later. */
  requestArmed(command: string, timeoutMs: number): { armed: Promise<void>; answer: Promise<string> } {
    const id = `${this.#prefix}${++this.#next}`;
    let isArmed: () => void = () => undefined;
    const listening = new Promise<void>((resolve) => (isArmed = resolve));
    const answered = new Promise<string>((resolve, reject) => {
      this.#pending.set(id, { armed: isArmed, resolve, reject });
    }).finally(() => this.#pending.delete(id));
    this.#out.write(`${id} ${command}\n`);
    const answer = within(answered, timeoutMs, () => `the guest did not answer to ${command.slice(0, 80)}`);
    // An ERR answer comes without ARMED; whoever waits for the one must hear of the other.
    const armed = Promise.race([listening, answer.then(() => undefined)]);
    armed.catch(() => undefined);
    return { armed, answer };
  }

  #line(line: string): void {
    if (line === 'READY') {
      this.#isReady();
      return;
    }
    const [id = '', kind, ...rest] = line.split(' ');
    const pending = this.#pending.get(id);
    if (pending && kind === 'OK') pending.resolve(rest.join(' '));
    else if (pending && kind === 'ERR') pending.reject(new Error(rest.join(' ')));
    else if (pending && kind === 'ARMED') pending.armed?.();
    else this.other.push(line);
  }
}

async function within<T>(promise: Promise<T>, ms: number, message: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${message()} (within ${ms} ms)`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
