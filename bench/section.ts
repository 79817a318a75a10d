import type { Plan } from './plan.js';
import type { Row } from './rows.js';

/** What a part of the bench is given. */
export interface Bench {
  plan: Plan;
  /** Takes rows, or a measurement that goes on: when that fails, the others are made all the same. */
  record: (rows: readonly Row[] | Promise<readonly Row[]>) => Promise<void>;
}

/** A part of the bench, with hosts of its own. */
export type Section = (bench: Bench) => Promise<void>;
