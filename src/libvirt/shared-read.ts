import { setImmediate } from 'node:timers/promises';

/**
 * A read that everybody shares who asks before it begins: nobody's answer is older than the question, and however many ask,
 * libvirt is asked by one of them at a time.
 */
export class SharedRead<T> {
  readonly #read: () => Promise<T>;
  #next: Promise<T> | undefined;
  /** The one that is under way; it never rejects. */
  #current: Promise<unknown> = Promise.resolve();

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** @throws what the read throws */
  ask(): Promise<T> {
    this.#next ??= this.#begin();
    return this.#next;
  }

  async #begin(): Promise<T> {
    await this.#current;
    // those whose requests lie there already, as those do that were answered together before, ask for the same one
    await setImmediate();
    this.#next = undefined;
    const read = this.#read();
    this.#current = read.catch(() => undefined);
    return read;
  }
}
