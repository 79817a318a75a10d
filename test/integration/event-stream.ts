import { request } from 'node:http';
import type { ServiceEvent } from '../../src/schemas/event.js';
import type { EventData, EventType } from '../../src/schemas/event-data.js';
import { eventsIn } from '../helpers/events.js';

/** Someone who reads the events over a unix socket. */
export class EventStream implements Disposable {
  readonly events: ServiceEvent[] = [];
  /** Fulfilled when the service has ended the stream. */
  readonly ended: Promise<void>;
  readonly #close: () => void;
  readonly #waiting = new Set<() => void>();

  private constructor(chunks: AsyncIterable<Buffer>, close: () => void) {
    this.#close = close;
    this.ended = this.#read(chunks);
  }

  static async open(socketPath: string, headers: Record<string, string>, query = ''): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path: `/v1/events${query}`, headers }, (answer) => {
        if (answer.statusCode === 200) resolve(new EventStream(answer, () => answer.destroy()));
        else reject(new Error(`it answered ${answer.statusCode}`));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  async #read(chunks: AsyncIterable<Buffer>): Promise<void> {
    let text = '';
    try {
      for await (const chunk of chunks) {
        text += chunk.toString();
        const whole = text.lastIndexOf('\n\n') + 2;
        this.events.push(...eventsIn(text.slice(0, whole)));
        text = text.slice(whole);
        for (const wake of this.#waiting) wake();
        this.#waiting.clear();
      }
    } catch {
      // cut off
    }
  }

  /** Resolves with the first event of a type whose data has this, among those after `since`. */
  async next<K extends EventType>(
    type: K,
    data: Partial<EventData<K>> = {},
    since = 0,
  ): Promise<ServiceEvent<K>> {
    const wanted = Object.entries(data);
    for (;;) {
      const found = this.events.slice(since).find((event) => {
        const told = new Map<string, unknown>(Object.entries(event.data));
        return event.type === type && wanted.every(([key, value]) => told.get(key) === value);
      });
      if (found) return found as ServiceEvent<K>;
      await this.#more();
    }
  }

  /** Each event, from the first on, as it comes. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ServiceEvent> {
    for (let told = 0; ; told++) {
      while (told >= this.events.length) await this.#more();
      const event = this.events[told];
      if (event) yield event;
    }
  }

  /** Resolves when there are more than so many events. */
  async more(than: number): Promise<void> {
    while (this.events.length <= than) await this.#more();
  }

  /** The types of the events from one on. */
  types(since = 0): string[] {
    return this.events.slice(since).map(({ type }) => type);
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
