import { call, ClosedError } from './errors.js';
import type { NativeConnection, NativeDomain, Params } from './native.js';

/** The domain of an event, as it was then. */
export interface DomainRefData {
  uuid: string;
  name: string;
  /** -1 when it does not run. */
  id: number;
}

interface OfDomain {
  domain: DomainRefData;
}

interface OfDevice extends OfDomain {
  alias: string;
}

/** Kinds of domain events, and what each one tells. */
export interface DomainEventMap {
  /** `event` is a virDomainEventType, and `detail` of an enum that depends on it. */
  lifecycle: OfDomain & { event: number; detail: number };
  reboot: OfDomain;
  deviceAdded: OfDevice;
  deviceRemoved: OfDevice;
  deviceRemovalFailed: OfDevice;
  /** `params` by VIR_DOMAIN_JOB_*. */
  jobCompleted: OfDomain & { params: Params };
  migrationIteration: OfDomain & { iteration: number };
  /** `type` is a virDomainMetadataType; `uri` the namespace of a metadata element. */
  metadataChange: OfDomain & { type: number; uri: string | null };
  /** virConnectDomainEventAgentLifecycleState and ...Reason. */
  agentLifecycle: OfDomain & { state: number; reason: number };
}

export interface Subscription extends AsyncDisposable {
  /**
   * Nothing is delivered once this was called; resolves when libvirt has confirmed. May be called again.
   * @throws LibvirtError when the connection is lost
   */
  close(): Promise<void>;
}

/** One kind of event of one domain, or of all: what libvirt takes one callback for. */
interface Topic {
  listeners: Set<(event: never) => void>;
  /** Registrations and deregistrations, one after the other. */
  turn: Promise<unknown> | undefined;
  /** The native subscription, while there is one. */
  id: number | undefined;
}

/**
 * The subscriptions of a connection. libvirt refuses a second registration of the same callback for the
 * same events, so all listeners to the same events share one.
 *
 * @internal
 */
export class Topics {
  readonly #connection: NativeConnection;
  readonly #topics = new Map<string, Topic>();

  constructor(connection: NativeConnection) {
    this.#connection = connection;
  }

  async subscribe<K extends keyof DomainEventMap>(
    kind: K,
    listener: (event: DomainEventMap[K]) => void,
    domain: NativeDomain | null,
  ): Promise<Subscription> {
    if (typeof listener !== 'function') throw new TypeError('listener must be a function');
    const topic = this.#topic(`${kind} ${domain?.uuid ?? ''}`);
    // A function of its own, so that the same one can be given twice.
    const own = (event: DomainEventMap[K]): void => {
      listener(event);
    };
    topic.listeners.add(own);
    try {
      await this.#settle(topic, kind, domain);
    } catch (error) {
      topic.listeners.delete(own);
      throw error;
    }
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      topic.listeners.delete(own);
      closing ??= this.#settle(topic, kind, domain).catch((error: unknown) => {
        // The connection's close has ended it.
        if (!(error instanceof ClosedError)) throw error;
      });
      return closing;
    };
    return { close, [Symbol.asyncDispose]: close };
  }

  #topic(key: string): Topic {
    let topic = this.#topics.get(key);
    if (!topic) {
      topic = { listeners: new Set(), turn: undefined, id: undefined };
      this.#topics.set(key, topic);
    }
    return topic;
  }

  /** Registers or deregisters, whichever the listeners want once it is our turn. */
  #settle(topic: Topic, kind: string, domain: NativeDomain | null): Promise<void> {
    const step = async (): Promise<void> => {
      const wanted = topic.listeners.size > 0;
      if (wanted && topic.id === undefined) {
        const deliver = (event: never): void => {
          tell(topic.listeners, event);
        };
        topic.id = await call(() => this.#connection.domainEventRegister(kind, deliver, domain));
      } else if (!wanted && topic.id !== undefined) {
        const id = topic.id;
        topic.id = undefined;
        await call(() => this.#connection.domainEventDeregister(id));
      }
    };
    // At once if nothing is under way: a close() of the connection right after this must not overtake it.
    const settled = topic.turn ? topic.turn.then(step) : step();
    const turn = settled
      .catch(() => undefined)
      .finally(() => {
        if (topic.turn === turn) topic.turn = undefined;
      });
    topic.turn = turn;
    return settled;
  }
}

/** Calls each listener. One that throws is an uncaught exception, and does not keep the others from it. */
export function tell<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) {
    try {
      listener(value);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
