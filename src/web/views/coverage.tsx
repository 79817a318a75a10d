import { type AttackRow, readAttackMatrix } from '../live/attacks.js';
import type { Filter } from '../live/filters.js';
import { useLive } from '../live/use-live.js';

const List = ({ title, rows }: { title: string; rows: readonly AttackRow[] }) => (
  <details open={rows.length > 0 && rows.length <= 8}>
    <summary>
      {title}: {rows.length}
    </summary>
    <ul>
      {rows.map(({ name, what }) => (
        <li key={name}>{what}</li>
      ))}
    </ul>
  </details>
);

/** What one filter stops, lets through and breaks. */
export function Coverage({ filter: { coverage } }: { filter: Filter }) {
  const { data } = useLive('attack-matrix', readAttackMatrix, () => false);
  if (!coverage)
    return (
      <p class="muted">
        What it stops was not measured: only of filters that come with the service is that known.
      </p>
    );
  const of = (names: readonly string[]) => data?.rows.filter(({ name }) => names.includes(name)) ?? [];
  return (
    <>
      <List title="Attacks that it stops" rows={of(coverage.stops)} />
      <List title="Attacks that come through" rows={of(coverage.passes)} />
      <List title="Honest or uncommon traffic that it breaks" rows={of(coverage.breaks)} />
    </>
  );
}
