import { type Goal, judgeGoals } from './goals.js';
import { describeMachine, type Machine } from './machine.js';
import type { Options } from './options.js';
import type { Row } from './rows.js';
import type { Bench } from './section.js';
import { sections } from './sections.js';

export interface Results {
  machine: Machine;
  date: string;
  goals: Goal[];
  rows: Row[];
}

/** What came of a run: its results, and why some of them are missing. */
export interface Outcome {
  results: Results;
  failures: Error[];
}

/** Runs the bench, or some parts of it. @param tell is given the rows as they come */
export async function runBench(
  { plan, only }: Pick<Options, 'plan' | 'only'>,
  tell: (rows: readonly Row[]) => void,
): Promise<Outcome> {
  const rows: Row[] = [];
  const failures: Error[] = [];
  const fail = (error: unknown): void => {
    failures.push(error instanceof Error ? error : new Error(String(error)));
  };
  const record: Bench['record'] = async (measured) => {
    try {
      const more = await measured;
      rows.push(...more);
      tell(more);
    } catch (error) {
      fail(error);
    }
  };
  const machine = await describeMachine();
  const date = new Date().toISOString();
  for (const [name, section] of Object.entries(sections)) {
    if (only.length === 0 || only.some((one) => one === name)) await section({ plan, record }).catch(fail);
  }
  const goals = judgeGoals(rows, plan);
  // of parts of the bench, what they are about
  const wanted = only.length > 0 ? goals.filter(({ value }) => value !== null) : goals;
  return { results: { machine, date, goals: wanted, rows }, failures };
}
