import { type Goal, judgeGoals } from './goals.js';
import { describeMachine, type Machine } from './machine.js';
import type { Options } from './options.js';
import type { Row } from './rows.js';
import { sections } from './sections.js';

export interface Results {
  machine: Machine;
  date: string;
  goals: Goal[];
  rows: Row[];
}

/** Runs the bench, or some parts of it. @param tell is given the rows as they come */
export async function runBench(
  { plan, only }: Pick<Options, 'plan' | 'only'>,
  tell: (rows: readonly Row[]) => void,
): Promise<Results> {
  const rows: Row[] = [];
  const record = (more: readonly Row[]): void => {
    rows.push(...more);
    tell(more);
  };
  const date = new Date().toISOString();
  for (const [name, section] of Object.entries(sections)) {
    if (only.length === 0 || only.some((one) => one === name)) await section({ plan, record });
  }
  const goals = judgeGoals(rows, plan);
  // of parts of the bench, what they are about
  const wanted = only.length > 0 ? goals.filter(({ value }) => value !== null) : goals;
  return { machine: await describeMachine(), date, goals: wanted, rows };
}
