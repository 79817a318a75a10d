import { serviceName } from './peers/service.js';
import type { Figure, Latency, Row } from './rows.js';

/** What was measured, by row and contestant. */
export class Measured {
  readonly #rows: readonly Row[];
  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }
  #find(row: string, who: string): Row | undefined {
    return this.#rows.find((one) => one.row === row && one.who === who);
  }
  /** How long requests took, or NaN for one who was not there. */
  latency(row: string, who: string, what: 'p50' | 'p99' | 'perSecond' = 'p50'): number {
    return (this.#find(row, who) as Latency | undefined)?.[what] ?? NaN;
  }
  figure(row: string): number {
    return (this.#find(row, serviceName) as Figure | undefined)?.value ?? NaN;
  }
  /** The service against somebody else in the same row. */
  ratio(row: string, who: string, what: 'p50' | 'p99' | 'perSecond' = 'p50'): number {
    return this.latency(row, serviceName, what) / this.latency(row, who, what);
  }
}
