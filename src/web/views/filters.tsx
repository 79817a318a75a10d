import { may } from '../api/session.js';
import { type Filter, filters } from '../live/filters.js';
import { hrefOf } from '../router.js';
import { Page } from '../ui/page.js';

const sentence = ({ coverage }: Filter): string =>
  coverage === undefined
    ? 'not measured'
    : `stops ${coverage.stops.length}, lets ${coverage.passes.length} through, breaks ${coverage.breaks.length}`;

/** Which filters there are, who uses them, and what they are good for. */
export function Filters() {
  const links = (
    <div class="actions">
      <a href={hrefOf('attack-matrix')}>What each stops</a>
      {may('admin') && <a href={hrefOf('new-filter')}>Create a filter</a>}
    </div>
  );
  return (
    <Page title="Filters" actions={links}>
      <div class="scroller" tabIndex={0} role="region" aria-label="Filters">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Attacks, as measured</th>
              <th scope="col" class="number">
                NICs
              </th>
              <th scope="col" class="wide">
                Needs
              </th>
              <th scope="col" class="wide">
                Refers to
              </th>
            </tr>
          </thead>
          <tbody>
            {filters.value.map((filter) => (
              <tr key={filter.name}>
                <td>
                  <a href={hrefOf('filters', filter.name)}>{filter.name}</a>
                  {filter.managed && <small> comes with the service</small>}
                </td>
                <td>{sentence(filter)}</td>
                <td class="number">{filter.usedBy.length}</td>
                <td class="wide">{filter.parameters.join(', ')}</td>
                <td class="wide">{filter.references.join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Page>
  );
}
