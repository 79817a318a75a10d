import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from 'node-libvirt';
import { Problem } from '../errors.js';

export interface SessionLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export interface SessionOptions {
  uri: string;
  log: SessionLog;
  /** Run on each new connection before anyone else gets it; a failure is logged, and tried again with a new one. */
  prepare: (connection: Connection) => Promise<void>;
}

/** First and longest wait between two attempts to connect, ms. */
const backoff = { first: 100, longest: 5000 };
/** A daemon that does not answer for this long is given up: 4 × 3 s. */
const keepAlive = { interval: 3, count: 4 };

interface SessionEvents {
  connected: [];
  disconnected: [];
}

/** The service's connection to libvirt: one at a time, opened again for as long as the session is not closed. */
export class LibvirtSession extends EventEmitter<SessionEvents> {
  readonly #options: SessionOptions;
  readonly #closing = new AbortController();
  #current: Connection | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
  }

  get connected(): boolean {
    return this.#current !== undefined;
  }

  /**
   * The open connection.
   * @throws Problem libvirt-unavailable when there is none now
   */
  get connection(): Connection {
    if (!this.#current) {
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
      try {
        await this.#connectOnce();
        wait = backoff.first;
      } catch (error) {
        log.warn({ err: error, uri, retryInMs: wait }, 'libvirt is not to be had');
        // Half of the wait is chance, so that many services do not all come at once.
        await this.#pause(wait / 2 + Math.random() * (wait / 2));
        wait = Math.min(wait * 2, backoff.longest);
      }
    }
  }

  /** Waits, but not past the end of the session. */
  async #pause(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.#closing.signal });
    } catch (error) {
      if (!this.#closing.signal.aborted) throw error;
    }
  }

  /** Holds one connection from open to loss. @throws when it could not be had or prepared */
  async #connectOnce(): Promise<void> {
    const { uri, log, prepare } = this.#options;
    const connection = await Connection.open(uri, { keepAlive });
    const closing = this.#closing.signal;
    const ended = new Promise<void>((resolve) => {
      connection.onClose(() => resolve());
      closing.addEventListener('abort', () => resolve(), { once: true });
      if (closing.aborted) resolve(); // while it was being opened
    });
    try {
      await Promise.race([prepare(connection), ended]);
      if (closing.aborted) return;
      if (!(await connection.isAlive()))
        throw new Error('the connection was lost while it was being prepared');
      this.#current = connection;
      log.info({ uri }, 'connected to libvirt');
      this.emit('connected');
      await ended;
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
    timer = setTimeout(() => {
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
