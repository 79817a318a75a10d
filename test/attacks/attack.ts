import { filtersUnderAttack } from './filters.js';
import { allRows } from './rows.js';
import { type Outcomes, sendRows } from './run.js';
import { Stage } from './stage.js';

/** The name that the control run has among the runs. */
export const control = 'none';

/** Sends every row through every filter, all filters at once. */
export async function attackAll(stage: Stage): Promise<Map<string, Outcomes>> {
  const runs = await Promise.all(
    stage.lanes.map(async (lane): Promise<[string, Outcomes]> => [
      lane.filter.name ?? control,
      await sendRows(stage, lane, allRows),
    ]),
  );
  return new Map(runs);
}

export const setStage = (): Promise<Stage> => Stage.set(filtersUnderAttack, allRows);
