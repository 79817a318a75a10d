import { Readable } from 'node:stream';
import type { EventData } from '../schemas/event-data.js';
import type { EventBus, Place } from './bus.js';
import { heartbeat, messageOf, opening } from './message.js';
import type { Selection } from './selection.js';

/** Heartbeats that a reader may leave lying before it counts as gone. */
const mostMissed = 4;

type CloseReason = EventData<'events.closed'>['reason'];

/**
 * The events from one place on, as a text/event-stream. What its reader has not taken stays in the bus's buffer, which
 * all readers share: one that falls further behind than that is told so and ended.
 */
export class EventReader extends Readable {
  readonly #bus: EventBus;
  readonly #selected: Selection;
  readonly #unlisten: () => void;
  #next: number;
  /** Whether the reader has taken what there was. */
  #hungry = false;
  #missed = 0;
  #ending = false;

  constructor(bus: EventBus, selected: Selection, { next, lost }: Place) {
    super({ highWaterMark: 16 * 1024 });
    this.#bus = bus;
    this.#selected = selected;
    this.#next = next;
    this.push(opening);
    if (lost) {
      // where it is from here on, so that nobody hears of the same loss twice
      const id = bus.idOf(next - 1);
      this.push(messageOf({ id, type: 'events.lost', time: new Date().toISOString(), data: lost }));
    }
    this.#unlisten = bus.listen(() => this.#pump());
  }

  override _read(): void {
    this.#hungry = true;
    this.#missed = 0;
    this.#pump();
  }

  /** Sends a sign of life; a reader that takes none for a while is ended. */
  beat(): void {
    if (this.#ending) return;
    if (this.#hungry) this.#hungry = this.push(heartbeat(this.#bus.idOf(this.#next - 1)));
    else if ((this.#missed += 1) >= mostMissed) this.finish('slow');
  }

  /** Ends the stream, with an event that says why as its last; emits `ending`. */
  finish(reason: CloseReason): void {
    if (this.#ending || this.destroyed) return;
    this.#ending = true;
    this.#unlisten();
    this.push(messageOf({ type: 'events.closed', time: new Date().toISOString(), data: { reason } }));
    this.push(null);
    this.emit('ending');
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#unlisten();
    callback(error);
  }

  #pump(): void {
    if (this.#ending) return;
    if (this.#next < this.#bus.range.first) {
      this.finish('slow');
      return;
    }
    while (this.#hungry) {
      const kept = this.#bus.at(this.#next);
      if (!kept) return;
      this.#next += 1;
      if (this.#selected(kept.type)) this.#hungry = this.push(kept.message);
    }
  }
}
