import { type AttackMatrix, type AttackRow, classes, isHarmless, readAttackMatrix } from '../live/attacks.js';
import { useLive } from '../live/use-live.js';
import { hrefOf } from '../router.js';
import { Badge } from '../ui/badge.js';
import { FailureNote } from '../ui/failure.js';
import { Page } from '../ui/page.js';

type Measured = AttackMatrix['filters'][number];

/** What came of a row on a NIC with a filter. */
function Outcome({ row, filter }: { row: AttackRow; filter: Measured }) {
  if (isHarmless(row)) {
    const breaks = filter.breaks.includes(row.name);
    return <Badge tone={breaks ? 'warn' : 'ok'}>{breaks ? 'breaks' : 'passes'}</Badge>;
  }
  if (filter.stops.includes(row.name)) return <Badge tone="ok">stops</Badge>;
  return filter.passes.includes(row.name) ? <Badge tone="bad">passes</Badge> : <span class="muted">–</span>;
}

const Rows = ({ rows, filters }: { rows: readonly AttackRow[]; filters: readonly Measured[] }) =>
  rows.map((row) => (
    <tr key={row.name}>
      <th scope="row" title={row.source}>
        {row.what}
        {row.beyondNwfilter !== undefined && <small> ({row.beyondNwfilter})</small>}
      </th>
      {filters.map((filter) => (
        <td key={filter.filter}>
          <Outcome row={row} filter={filter} />
        </td>
      ))}
    </tr>
  ));

function Grid({ matrix: { rows, filters } }: { matrix: AttackMatrix }) {
  const kinds = [...new Set(rows.map((row) => row.class))];
  return (
    <div class="scroller tall" tabIndex={0} role="region" aria-label="Attack matrix">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">What was sent</th>
            {filters.map(({ filter }) => (
              <th key={filter} scope="col">
                <a href={hrefOf('filters', filter)}>{filter}</a>
              </th>
            ))}
          </tr>
        </thead>
        {kinds.map((kind) => (
          <tbody key={kind}>
            <tr class="group">
              <th scope="rowgroup" colSpan={filters.length + 1}>
                {classes[kind]}
              </th>
            </tr>
            <Rows rows={rows.filter((row) => row.class === kind)} filters={filters} />
          </tbody>
        ))}
      </table>
    </div>
  );
}

/** What each filter was seen to stop, and what not. */
export function AttackMatrixPage() {
  const { data, failure } = useLive('attack-matrix', readAttackMatrix, () => false);
  return (
    <Page title="What each filter stops">
      <p class="muted">
        Frames that real guests sent on NICs with these filters, and what came of them. Honest traffic is to
        pass, attacks are not.
      </p>
      <FailureNote failure={failure} />
      {data && <Grid matrix={data} />}
    </Page>
  );
}
