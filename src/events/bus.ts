import type { EventData, EventType } from '../schemas/event-data.js';
import type { ServiceEvent } from '../schemas/event.js';
import { type BufferLimits, EventBuffer, type Kept } from './buffer.js';
import { formatId, newBoot, parseId } from './id.js';
import { messageOf } from './message.js';

export interface BusLimits extends BufferLimits {
  /** The largest event, bytes. */
  largest: number;
}

const defaultLimits: BusLimits = { count: 1000, bytes: 2 * 1024 ** 2, largest: 64 * 1024 };

/** From where a reader reads on. */
export interface Place {
  next: number;
  /** Why that is not all that came after what it had. */
  lost?: EventData<'events.lost'>;
}

/** What happens in the service and on its host, in order; the last of it is kept for those who come later. */
export class EventBus {
  readonly #boot: string;
  readonly #limits: BusLimits;
  readonly #buffer: EventBuffer;
  readonly #listeners = new Set<() => void>();

  constructor({ boot = newBoot(), limits = defaultLimits }: { boot?: string; limits?: BusLimits } = {}) {
    this.#boot = boot;
    this.#limits = limits;
    this.#buffer = new EventBuffer(limits);
  }

  /** Tells an event to all readers. Returns at once, and does not throw. */
  publish<K extends EventType>(type: K, data: EventData<K>): void {
    const id = this.idOf(this.#buffer.next);
    const event = { id, type, time: new Date().toISOString(), data } as ServiceEvent;
    const message = messageOf(event);
    if (message.length > this.#limits.largest) {
      this.publish('events.lost', { reason: 'too-large', count: 1, type });
      return;
    }
    this.#buffer.add({ type, message });
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls the listener after each event. @returns what takes it off */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The number of the oldest event that is kept, and the one that the next gets. */
  get range(): { first: number; next: number } {
    return this.#buffer;
  }

  /** The event of a number; undefined when it is not kept. */
  at(number: number): Kept | undefined {
    return this.#buffer.at(number);
  }

  idOf(number: number): string {
    return formatId({ boot: this.#boot, number });
  }

  /** Where someone reads on who has seen all up to this event; without one, what comes from now on. */
  after(lastEventId: string | undefined): Place {
    const { first, next } = this.range;
    if (lastEventId === undefined) return { next };
    const last = parseId(lastEventId);
    if (!last) return { next: first, lost: { reason: 'unknown-id' } };
    if (last.boot !== this.#boot) return { next: first, lost: { reason: 'restarted' } };
    if (last.number >= next) return { next: first, lost: { reason: 'unknown-id' } };
    const count = first - last.number - 1;
    return count > 0 ? { next: first, lost: { reason: 'expired', count } } : { next: last.number + 1 };
  }
}
