import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readCoverage } from '../../src/filtering/coverage.js';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import { overview, overviewWith } from '../attacks/pages.js';

const coverage = readCoverage();

await t.test('every shipped filter has its coverage and its page, and the overview names it', (t) => {
  for (const { name } of readShippedFilters()) {
    t.ok(
      coverage.filters.some(({ filter }) => filter === name),
      `${name} has coverage`,
    );
    t.ok(existsSync(new URL(`${name}.md`, overview)), `${name} has a page`);
    t.match(readFileSync(overview, 'utf8'), `(${name}.md)`, `the overview names ${name}`);
  }
  t.end();
});

await t.test('each attack is either stopped or passes, and each row is one of the data', (t) => {
  const isAttack = (row: { class: string }) => !['honest', 'uncommon'].includes(row.class);
  const attacks = coverage.rows.filter(isAttack).map(({ name }) => name);
  const others = coverage.rows.filter((row) => !isAttack(row)).map(({ name }) => name);
  for (const { filter, stops, passes, breaks } of coverage.filters) {
    t.strictSame([...stops, ...passes].toSorted(), attacks.toSorted(), filter);
    t.ok(
      breaks.every((name) => others.includes(name)),
      filter,
    );
  }
  t.end();
});

await t.test('the matrix of the overview is that of the data (`npm run coverage` writes it)', async (t) => {
  t.equal(readFileSync(overview, 'utf8'), await overviewWith(coverage));
});
