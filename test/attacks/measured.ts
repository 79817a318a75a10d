import type { AttackMatrix, AttackRow } from '../../src/schemas/nwfilter-coverage.js';
import type { Row } from './row.js';
import type { Outcomes } from './run.js';

const isAttack = (row: Row): boolean => row.class !== 'honest' && row.class !== 'uncommon';

/** Rows that a filter has a say in. */
const decided = (rows: readonly Row[]): Row[] => rows.filter((row) => row.kernelDrops === undefined);

const described = ({ name, what, class: kind, source, beyondNwfilter }: Row): AttackRow => ({
  name,
  what,
  class: kind,
  source,
  ...(beyondNwfilter !== undefined && { beyondNwfilter }),
});

function coverageOf(
  filter: string,
  rows: readonly Row[],
  outcomes: Outcomes,
): AttackMatrix['filters'][number] {
  const named = (attack: boolean, passes: boolean): string[] =>
    rows
      .filter((row) => isAttack(row) === attack && outcomes.get(row.name)?.passes === passes)
      .map(({ name }) => name);
  return { filter, stops: named(true, false), passes: named(true, true), breaks: named(false, false) };
}

/** What a run says of the filters, in the form in which it is kept. */
export function coverageData(rows: readonly Row[], runs: ReadonlyMap<string, Outcomes>): AttackMatrix {
  const those = decided(rows);
  return {
    rows: those.map(described),
    filters: [...runs].map(([filter, outcomes]) => coverageOf(filter, those, outcomes)),
  };
}
