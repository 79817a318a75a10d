import { writeFile } from 'node:fs/promises';
import type { Goal } from './goals.js';
import type { Row } from './rows.js';
import type { Results } from './run.js';

/** A number with as many digits as say something. */
export const short = (value: number): string =>
  value >= 1000 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();

const cells = (row: Row): string[] =>
  'value' in row
    ? [row.row, row.who, `${short(row.value)} ${row.unit}`, '', '', '', '']
    : [
        row.row,
        row.who,
        short(row.p50),
        short(row.p99),
        `${short(row.low)}–${short(row.high)}`,
        short(row.perSecond),
        `${row.rounds} × ${row.requests / row.rounds}`,
      ];

const head = ['row', 'who', 'p50, ms', 'p99, ms', 'spread of p50', 'per second', 'requests'];

/** Lines of a table in Markdown. */
function table(lines: readonly (readonly string[])[]): string {
  const [first = []] = lines;
  const widths = first.map((_, column) => Math.max(3, ...lines.map((line) => line[column]?.length ?? 0)));
  const written = lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [written[0], rule, ...written.slice(1)].join('\n');
}

export const rowTable = (rows: readonly Row[]): string => table([head, ...rows.map(cells)]);

/** What became of a goal, in words. */
function outcome({ value, limit, atLeast, met, unit }: Goal): string {
  if (value === null) return 'not there';
  if (met) return 'met';
  return `short by ${short(atLeast ? limit - value : value - limit)} ${unit}`;
}

export const goalTable = (goals: readonly Goal[]): string =>
  table([
    ['goal', 'value', 'wanted', 'outcome'],
    ...goals.map((goal) => [
      goal.name,
      goal.value === null ? '' : `${short(goal.value)} ${goal.unit}`,
      goal.goal,
      outcome(goal),
    ]),
  ]);

export const writeResults = (file: string, results: Results): Promise<void> =>
  writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
