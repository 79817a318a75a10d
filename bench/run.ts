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
  return { machine: await describeMachine(), date, goals: judgeGoals(rows, plan), rows };
}
