export interface RecentLimits {
  /** A turn comes at the latest with so many. */
  count: number;
  /** And when others come after so long, ms. */
  idleMs: number;
}

/** All that the host has is looked at every ten seconds: what was not for so long is of what the host had. */
const defaultIdleMs = 60_000;

/**
 * Values by their keys, for as long as they are used. They are two generations: those that were used since the last turn, and those
 * that were used before it alone, which go with the next.
 */
export class Recent<K, V> {
  readonly #limits: RecentLimits;
  readonly #dropped: (value: V) => void;
  #used = new Map<K, V>();
  #before = new Map<K, V>();
  #turnedAt = performance.now();

  /** @param dropped is told of each that is kept no longer */
  constructor(
    { count, idleMs = defaultIdleMs }: Pick<RecentLimits, 'count'> & Partial<RecentLimits>,
    dropped: (value: V) => void = () => undefined,
  ) {
    this.#limits = { count, idleMs };
    this.#dropped = dropped;
  }

  get(key: K): V | undefined {
    const used = this.#used.get(key);
    if (used !== undefined) return used;
    const before = this.#before.get(key);
    if (before !== undefined) this.set(key, before);
    return before;
  }

  set(key: K, value: V): void {
    const last = this.#take(key);
    if (last !== undefined && last !== value) this.#dropped(last);
    const { count, idleMs } = this.#limits;
    if (this.#used.size >= count || performance.now() - this.#turnedAt >= idleMs) this.#turn();
    this.#used.set(key, value);
  }

  delete(key: K): void {
    const value = this.#take(key);
    if (value !== undefined) this.#dropped(value);
  }

  #take(key: K): V | undefined {
    const value = this.#used.get(key) ?? this.#before.get(key);
    this.#used.delete(key);
    this.#before.delete(key);
    return value;
  }

  #turn(): void {
    const gone = this.#before;
    this.#before = this.#used;
    this.#used = new Map();
    this.#turnedAt = performance.now();
    for (const value of gone.values()) this.#dropped(value);
  }
}
