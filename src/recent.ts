/** Values by their keys, of which the one that was not used for the longest goes first. */
export class Recent<K, V> {
  readonly #most: number;
  readonly #dropped: (value: V) => void;
  /** Those that were used last at the end. */
  readonly #values = new Map<K, V>();

  /**
   * @param most so many are kept
   * @param dropped is told of each that is kept no longer
   */
  constructor(most: number, dropped: (value: V) => void = () => undefined) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get(key: K): V | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  set(key: K, value: V): void {
    if (this.#values.get(key) !== value) this.delete(key);
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.size > this.#most ? this.#values.keys() : [];
    if (oldest !== undefined) this.delete(oldest);
  }

  delete(key: K): void {
    const value = this.#values.get(key);
    this.#values.delete(key);
    if (value !== undefined) this.#dropped(value);
  }
}
