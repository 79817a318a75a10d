import type { Writable } from 'node:stream';
import { Problem } from '../errors.js';
import type { EventBus } from './bus.js';
import { EventReader } from './reader.js';
import type { Selection } from './selection.js';

export interface ReaderLimits {
  /** Readers at a time. */
  count: number;
  /** Of one caller. */
  perCaller: number;
  /** How long a reader may take for the last of its stream, ms. */
  endMs: number;
}

const defaultLimits: ReaderLimits = { count: 64, perCaller: 16, endMs: 5000 };

export interface ReaderRequest {
  selected: Selection;
  lastEventId: string | undefined;
  /** The key of who reads. */
  caller: string;
  /** Whether the reader may still read. */
  isAllowed: () => boolean;
  /** What the stream is sent over. */
  response: Pick<Writable, 'once' | 'destroy'>;
}

/** Those who read the events now. */
export class EventReaders {
  readonly #bus: EventBus;
  readonly #limits: ReaderLimits;
  readonly #readers = new Map<EventReader, Pick<ReaderRequest, 'caller' | 'isAllowed'>>();
  #ended = false;

  constructor(bus: EventBus, limits = defaultLimits) {
    this.#bus = bus;
    this.#limits = limits;
  }

  get count(): number {
    return this.#readers.size;
  }

  /** @throws Problem too-many-readers */
  open({ selected, lastEventId, caller, isAllowed, response }: ReaderRequest): EventReader {
    const { count, perCaller, endMs } = this.#limits;
    if (this.count >= count) {
      throw new Problem('too-many-readers', `There are ${count} readers of the events already.`);
    }
    if ([...this.#readers.values()].filter((one) => one.caller === caller).length >= perCaller) {
      throw new Problem('too-many-readers', `${perCaller} readers of the events are this caller's already.`);
    }
    const reader = new EventReader(this.#bus, selected, this.#bus.after(lastEventId));
    this.#readers.set(reader, { caller, isAllowed });
    let timer: NodeJS.Timeout | undefined;
    reader.once('ending', () => {
      timer = setTimeout(() => response.destroy(), endMs);
    });
    // It counts for as long as it has its connection.
    response.once('close', () => {
      clearTimeout(timer);
      this.#readers.delete(reader);
      reader.destroy();
    });
    if (this.#ended) reader.finish('shutdown');
    return reader;
  }

  /** Sends each a sign of life; those who may read no more are ended. */
  beat(): void {
    this.cutOff();
    for (const reader of [...this.#readers.keys()]) reader.beat();
  }

  /** Ends those who may read no more. */
  cutOff(): void {
    for (const [reader, { isAllowed }] of [...this.#readers]) if (!isAllowed()) reader.finish('unauthorized');
  }

  /** Ends all, and whoever still comes. */
  finish(): void {
    this.#ended = true;
    for (const reader of [...this.#readers.keys()]) reader.finish('shutdown');
  }
}
