import { Mutex, type MutexInterface } from 'async-mutex';

/** After so long a change of a VM is taken for one that hangs, where that matters, ms. */
const patienceMs = 5000;

/** One change at a time to each VM, in order of arrival; reads take no lock. */
export class VmLocks {
  readonly #mutexes = new Map<string, Mutex>();
  readonly #held = new Set<{ filters: readonly string[] }>();
  /** Held while a VM is defined: what was checked against all VMs must still hold then. */
  readonly host: MutexInterface = new Mutex();
  /** Held while filters are defined, replaced or deleted: taken before the host's. */
  readonly filters: MutexInterface = new Mutex();

  /**
   * Does a change with the VM's lock held.
   * @param late done, without the lock, when another change has had it for so long that it may hang; whatever comes of it,
   *   the turn is waited for
   */
  async hold<T>(uuid: string, change: () => Promise<T>, late?: () => Promise<void>): Promise<T> {
    const timer = late && setTimeout(() => void late(), patienceMs);
    try {
      return await this.#hold(uuid, () => {
        clearTimeout(timer);
        return change();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #hold<T>(uuid: string, change: () => Promise<T>): Promise<T> {
    const mutex = this.#mutexes.get(uuid) ?? new Mutex();
    this.#mutexes.set(uuid, mutex);
    try {
      return await mutex.runExclusive(change);
    } finally {
      // with runExclusive done, a locked mutex belongs to the next in the queue
      if (!mutex.isLocked()) this.#mutexes.delete(uuid);
    }
  }

  /** Whether a change of any VM is under way. */
  get areHeld(): boolean {
    return this.#mutexes.size > 0;
  }

  /** Whether a change of the VM is under way. */
  isHeld(uuid: string): boolean {
    return this.#mutexes.has(uuid);
  }

  /** The VMs that are being moved to another host, which takes no lock: it is long, and NICs are kept right meanwhile. */
  readonly migrating = new Set<string>();

  /**
   * Keeps filters that no VM refers to for a moment, since a change may have to go back to them.
   * @returns what lets go of them
   */
  holdFilters(filters: readonly string[]): () => void {
    const hold = { filters };
    this.#held.add(hold);
    return () => void this.#held.delete(hold);
  }

  /** The filters that are kept now. */
  get held(): string[] {
    return [...this.#held].flatMap(({ filters }) => filters);
  }
}
