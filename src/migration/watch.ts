import { setTimeout as delay } from 'node:timers/promises';
import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { type Arrival, type ArrivedNic, arrivedNics, repairArrived, wrongOf } from './arrival.js';
import type { Destination } from './destination.js';
import { type Figures, isSending, readFigures } from './figures.js';
import type { Pace } from './pace.js';

/** How often it is looked, ms. */
const everyMs = 200;
/**
 * For how long the destination's filters may not be in force before the migration is given up, ms. With post-copy the VM would run there
 * as soon as all of its memory has come: even the smallest has more than comes in that time.
 */
const patienceMs = { pausedThere: 60_000, postCopy: 20_000 };
/** After so long the destination is asked to put them right, and then again and again, ms. */
const repairMs = 5000;

export interface Watched {
  domain: Domain;
  destination: Destination;
  arrival: Arrival;
  pace: Pace;
  postCopy: boolean;
  signal: AbortSignal;
  tell: (figures: Figures) => void;
}

/** A migration that is under way, looked at again and again until it has ended. */
export class MigrationWatch {
  readonly #watched: Watched;
  /** What is asked of the destination, one question at a time: it may be slow to answer. */
  #isAsking = false;
  /** Ends with the migration. */
  readonly #end = new AbortController();
  readonly #there: Destination;
  readonly #patienceMs: number;
  readonly #began = performance.now();
  #repaired = performance.now();
  #seen = false;
  #released = false;
  #wrong = 'The VM has not come to the destination.';
  /** Why it was given up. */
  #failure: Problem | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    const { destination, signal, postCopy } = watched;
    this.#patienceMs = postCopy ? patienceMs.postCopy : patienceMs.pausedThere;
    const patience = AbortSignal.timeout(this.#patienceMs);
    this.#there = destination.within(AbortSignal.any([signal, this.#end.signal, patience]));
  }

  /** Watches until the work is done. @throws Problem filter-not-enforced when it was given up, or what the work throws */
  async until(work: Promise<void>): Promise<void> {
    const ended = work.finally(() => this.#end.abort());
    ended.catch(() => undefined); // it is waited for below
    const tick = (): Promise<boolean> =>
      delay(everyMs, true, { signal: this.#end.signal }).catch(() => false);
    while (await tick()) await this.#look();
    try {
      await ended;
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  async #look(): Promise<void> {
    const { domain, signal, tell } = this.#watched;
    if (signal.aborted || this.#failure) {
      // before libvirt has begun there is nothing to abort: again, then
      await domain.abortJob().catch(() => undefined);
      return;
    }
    const figures = await readFigures(domain);
    if (figures) tell(figures);
    if (this.#seen) await this.#goOn(figures);
    else if (!this.#isAsking) void this.#lookThere();
  }

  /** Whether the NICs are filtered where the VM goes, before it does. */
  async #lookThere(): Promise<void> {
    this.#isAsking = true;
    await this.#askThere();
    this.#isAsking = false;
  }

  async #askThere(): Promise<void> {
    const { arrival } = this.#watched;
    let nics: ArrivedNic[] = [];
    try {
      nics = await arrivedNics(this.#there, arrival);
      this.#wrong = wrongOf(nics) ?? '';
      this.#seen = this.#wrong === '';
    } catch (error) {
      this.#wrong = (error as Error).message;
    }
    const now = performance.now();
    if (this.#seen) return;
    if (now - this.#began >= this.#patienceMs) {
      this.#failure = new Problem(
        'filter-not-enforced',
        `The VM's filters were not seen on the destination: ${this.#wrong}`,
      );
      return;
    }
    if (now - this.#repaired < repairMs) return;
    this.#repaired = now;
    await repairArrived(this.#there, arrival.uuid, nics).catch(() => undefined); // what it says is seen by looking
  }

  async #goOn(figures: Figures | undefined): Promise<void> {
    const { domain, pace, postCopy } = this.#watched;
    try {
      if (this.#released) return;
      const sending = figures !== undefined && isSending(figures);
      if (postCopy) {
        if (!sending) return;
        // while the memory is still held: it is not to come to its end before, and run there while libvirt thinks that it may go on here
        await domain.migrateStartPostCopy();
      }
      await pace.release();
      // until QEMU sends, libvirt may still be about to tell it the speed from before
      this.#released = sending;
    } catch {
      // it has just ended, or the connection: the work tells
    }
  }
}
