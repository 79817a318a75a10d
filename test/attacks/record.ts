import { writeFile } from 'node:fs/promises';
import { attackAll, control, setStage } from './attack.js';
import { coverageData } from './measured.js';
import { overview, overviewWith } from './pages.js';
import { allRows } from './rows.js';

// Writes down what the filters do now, for one to look at the difference: after a filter or a row was changed.
await using stage = await setStage();
const runs = await attackAll(stage);
runs.delete(control);
const data = coverageData(allRows, runs);
await writeFile(
  new URL('../../filters/coverage.json', import.meta.url),
  `${JSON.stringify(data, null, 2)}\n`,
);
await writeFile(overview, await overviewWith(data));
