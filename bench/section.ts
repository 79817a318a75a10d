import type { Plan } from './plan.js';
import type { Row } from './rows.js';

/** What a part of the bench is given. */
export interface Bench {
  plan: Plan;
  record: (rows: readonly Row[]) => void;
}

/** A part of the bench, with hosts of its own. */
export type Section = (bench: Bench) => Promise<void>;
