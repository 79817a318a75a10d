import { readOptions } from './options.js';
import { goalTable, rowTable, writeResults } from './report.js';
import { runBench } from './run.js';
import { sections } from './sections.js';

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(
    `Usage: npm run bench -- [--quick] [--only PART]… [--nics N] [--out FILE]\nParts: ${Object.keys(sections).join(', ')}`,
  );
  process.exit(2);
}

const began = performance.now();
const seconds = (): string => ((performance.now() - began) / 1000).toFixed(0);
const { results, failures } = await runBench(options, (rows) => {
  for (const { row, who } of rows.slice(0, 1)) console.error(`${seconds()} s: ${row} (${who} and others)`);
});
console.log(`\n${rowTable(results.rows)}\n\n${goalTable(results.goals)}\n\n${seconds()} s`);
if (options.out !== undefined) {
  await writeResults(options.out, results);
  console.log(`written to ${options.out}`);
}
for (const { message } of failures) console.error(`\nfailed: ${message}`);
process.exit(failures.length > 0 ? 1 : 0);
