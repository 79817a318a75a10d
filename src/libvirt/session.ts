import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Connection } from 'node-libvirt';
import { Problem, toProblem } from '../errors.js';

export interface SessionLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface SessionOptions {
  uri: string;
  log: SessionLog;
  /** Run on each new connection before anyone else gets it; a failure is logged, and tried again with a new one. */
  prepare: (connection: Connection) => Promise<void>;
  /** How a connection is opened; libvirt's own way unless told. */
  open?: (uri: string) => Promise<Connection>;
  /** How time passes between two attempts; the clock's own unless told. */
  delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** First and longest wait between two attempts to connect, ms. */
const backoff = { first: 100, longest: 5000 };
/** A daemon that does not answer for this long is given up: 4 × 3 s. */
const keepAlive = { interval: 3, count: 4 };

/**
 * Three at a time read; a change may wait for a QEMU that hangs, for as long as that does, and is not to keep the changes of
 * other VMs from theirs.
 */
const inFlight = { maxInFlight: 11, slowInFlight: 8 };

const openConnection = (uri: string): Promise<Connection> => Connection.open(uri, { keepAlive, ...inFlight });
const clock = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });

interface SessionEvents {
  connected: [];
  disconnected: [];
  /** An attempt to connect came to nothing; `failure` says why. */
  failed: [];
}

/** The service's connection to libvirt: one at a time, opened again for as long as the session is not closed. */
export class LibvirtSession extends EventEmitter<SessionEvents> {
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  #current: Connection | undefined;
  #running: Promise<void> | undefined;
  /** Why the last attempt to connect failed. */
  #failure: unknown;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
  }

  get connected(): boolean {
    return this.#current !== undefined;
  }

  /** Why there is no connection, as far as an attempt has told. */
  get failure(): string | undefined {
    return this.#failure instanceof Error ? this.#failure.message : undefined;
  }

  /**
   * The open connection.
   * @throws Problem libvirt-unavailable when there is none now, libvirt-denied when libvirt does not let the service in
   */
  get connection(): Connection {
    if (!this.#current) {
      const problem = toProblem(this.#failure);
      if (problem?.type === 'libvirt-denied') throw problem;
      throw new Problem(
        'libvirt-unavailable',
        'The service has no connection to libvirt and keeps trying to open one.',
      );
    }
    return this.#current;
  }

  /** Begins to connect; returns at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the session: calls in flight finish, the connection is closed. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log, uri } = this.#options;
    let wait = backoff.first;
    while (!this.#closing.signal.aborted) {
      const began = performance.now();
      try {
        await this.#connectOnce();
      } catch (error) {
        this.#failure = error;
        log.warn({ err: error, uri, retryInMs: wait }, 'libvirt is not to be had');
        this.emit('failed');
      }
      // What held for a while is tried again soon; what fails or breaks at once is not.
      if (performance.now() - began > backoff.longest) wait = backoff.first;
      // Half of the wait is chance, so that many services do not all come at once.
      await this.#pause(wait / 2 + Math.random() * (wait / 2));
      wait = Math.min(wait * 2, backoff.longest);
    }
  }

  /** Waits, but not past the end of the session. */
  async #pause(ms: number): Promise<void> {
    try {
      await (this.#options.delay ?? clock)(ms, this.#closing.signal);
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  /** Waits for the work, but not past the end of the session: then undefined. */
  async #unlessEnded<T>(work: Promise<T>): Promise<T | undefined> {
    const { signal } = this.#closing;
    const end = new AbortController();
    const ended = new Promise<undefined>((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined), { signal: end.signal });
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      end.abort();
    }
  }

  /** Holds one connection from open to loss. @throws when it could not be had or prepared */
  async #connectOnce(): Promise<void> {
    const { uri, log, prepare } = this.#options;
    const closing = this.#closing.signal;
    const opening = (this.#options.open ?? openConnection)(uri);
    const connection = await this.#unlessEnded(opening);
    if (!connection) {
      // A daemon that takes connections and never answers: what may still come of it is thrown away.
      opening
        .then((late) => late.close())
        .catch((error: unknown) => log.warn({ err: error }, 'gave up opening'));
      return;
    }
    const lost = new Promise<void>((resolve) => {
      connection.onClose(() => resolve());
    });
    try {
      await this.#unlessEnded(Promise.race([prepare(connection), lost]));
      if (closing.aborted) return;
      if (!(await connection.isAlive()))
        throw new Error('the connection was lost while it was being prepared');
      this.#current = connection;
      this.#failure = undefined;
      log.info({ uri }, 'connected to libvirt');
      this.emit('connected');
      await this.#unlessEnded(lost);
    } finally {
      const wasCurrent = this.#current === connection;
      this.#current = undefined;
      if (wasCurrent) this.emit('disconnected');
      if (!closing.aborted) log.warn({ uri }, 'the connection to libvirt is gone');
      // Not waited for: calls may still be out on a dead socket, and the next connection is not to wait for them.
      const closed = connection.close();
      if (closing.aborted) await closed;
      else closed.catch((error: unknown) => log.warn({ err: error }, 'closing a lost connection failed'));
    }
  }
}

/** Makes work that takes longer than `ms` a problem libvirt-timeout; the work itself goes on. */
export async function withDeadline<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = globalThis.setTimeout(() => {
      const seconds = ms / 1000;
      reject(
        new Problem(
          'libvirt-timeout',
          `${what} was not done within ${seconds} s; it may still come to its end.`,
        ),
      );
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
