import { Problem } from '../errors.js';

export interface UnderWayLimits {
  /** Requests of one caller at a time. */
  perCaller: number;
  /** Requests of all at a time. */
  all: number;
}

const defaultLimits: UnderWayLimits = { perCaller: 64, all: 256 };

/** The requests that are being worked on. One counts until it is answered, also when nobody waits for the answer any more. */
export class UnderWay {
  readonly #limits: UnderWayLimits;
  readonly #byCaller = new Map<string, number>();
  #all = 0;

  constructor(limits = defaultLimits) {
    this.#limits = limits;
  }

  /**
   * @returns what ends the request; calling it again does nothing
   * @throws Problem too-many-requests
   */
  begin(key: string): () => void {
    const own = this.#byCaller.get(key) ?? 0;
    const { perCaller, all } = this.#limits;
    if (own >= perCaller)
      throw new Problem('too-many-requests', `${perCaller} requests of this caller are under way already.`);
    if (this.#all >= all) throw new Problem('too-many-requests', `${all} requests are under way already.`);
    this.#count(key, 1);
    let open = true;
    return () => {
      if (open) this.#count(key, -1);
      open = false;
    };
  }

  #count(key: string, by: 1 | -1): void {
    const own = (this.#byCaller.get(key) ?? 0) + by;
    if (own === 0) this.#byCaller.delete(key);
    else this.#byCaller.set(key, own);
    this.#all += by;
  }
}
