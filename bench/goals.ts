import { listGoals } from './goals/lists.js';
import { otherGoals } from './goals/others.js';
import { Measured } from './measured.js';
import type { Plan } from './plan.js';
import type { Row } from './rows.js';

/** A goal of the project, with what was measured; null where there was nothing to measure. */
export interface Goal {
  name: string;
  /** In words. */
  goal: string;
  value: number | null;
  met: boolean;
  limit: number;
  /** Whether the value is to be at least the limit; else at most. */
  atLeast: boolean;
  unit: string;
}

/** A goal and the value to be judged, which is no number where nothing was measured. */
export interface Wanted {
  name: string;
  value: number;
  unit?: string;
  atMost?: number;
  atLeast?: number;
}

function judge({ name, value, unit = '×', atMost = NaN, atLeast }: Wanted): Goal {
  const limit = atLeast ?? atMost;
  const known = Number.isFinite(value);
  return {
    name,
    goal: `${atLeast === undefined ? '≤' : '≥'} ${limit} ${unit}`,
    value: known ? value : null,
    met: known && (atLeast === undefined ? value <= limit : value >= limit),
    limit,
    atLeast: atLeast !== undefined,
    unit,
  };
}

/** Every goal, with what the rows say of it. */
export function judgeGoals(rows: readonly Row[], plan: Plan): Goal[] {
  const measured = new Measured(rows);
  return [...listGoals(measured, plan), ...otherGoals(measured, plan)].map(judge);
}
