import type { EventType } from '../schemas/event-data.js';

/** An event as it is sent. */
export interface Kept {
  type: EventType;
  message: Buffer;
}

export interface BufferLimits {
  count: number;
  bytes: number;
}

/** The last events, numbered from 1, of which the oldest go when there are too many or too much. */
export class EventBuffer {
  readonly #limits: BufferLimits;
  #kept: Kept[] = [];
  #bytes = 0;
  #first = 1;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  /** The number of the oldest; that of the next when there is none. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next one gets. */
  get next(): number {
    return this.#first + this.#kept.length;
  }

  /** The event of a number; undefined when it is gone, or is not there yet. */
  at(number: number): Kept | undefined {
    return this.#kept[number - this.#first];
  }

  add(kept: Kept): void {
    this.#kept.push(kept);
    this.#bytes += kept.message.length;
    const { count, bytes } = this.#limits;
    while (this.#kept.length > count || this.#bytes > bytes) {
      this.#bytes -= this.#kept.shift()?.message.length ?? 0;
      this.#first += 1;
    }
  }
}
