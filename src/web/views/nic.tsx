import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { may } from '../api/session.js';
import { nicKey } from '../live/drops.js';
import { vmOf } from '../live/events.js';
import { useLive } from '../live/use-live.js';
import type { Verdict } from '../live/verdicts.js';
import type { Vm } from '../live/vms.js';
import { hrefOf } from '../router.js';
import { StatusBadge } from '../ui/badge.js';
import { FailureNote } from '../ui/failure.js';
import { Facts } from '../ui/page.js';
import { DropsPlot } from '../ui/plot.js';
import { ChangeFilters } from './change-filters.js';
import { Findings } from './findings.js';
import { Repair } from './repair.js';
import { Rules } from './rules.js';
import { Unplug } from './unplug.js';

export type Nic = Schemas['Nic'];

const sourceOf = ({ type, bridge, network }: Nic['source']): string =>
  [type, bridge ?? network].filter(Boolean).join(' ');

const FilterNames = ({ nic }: { nic: Nic }) =>
  nic.filters.length === 0 ? (
    'none'
  ) : (
    <>
      {nic.filters.map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <a href={hrefOf('filters', name)}>{name}</a>
        </span>
      ))}{' '}
      <span class="muted">({nic.filterOrigin === 'default' ? "the policy's" : 'chosen'})</span>
    </>
  );

const trustOf = ({ trust }: Nic): string | undefined =>
  trust && `${trust.reason}${trust.expiresAt === undefined ? '' : `, until ${trust.expiresAt}`}`;

function Drops({ vm, nic, verdict }: { vm: Vm; nic: Nic; verdict: Verdict }) {
  const { total, ...classes } = verdict.drops;
  const each = Object.entries(classes).map(([kind, frames]) => `${frames.toLocaleString()} ${kind}`);
  return (
    <>
      <p>
        <strong>{total.toLocaleString()}</strong> dropped since it runs
        {each.length > 0 && `: ${each.join(', ')}`}
        {verdict.dropsPartial && ' (as far as it is counted)'}
      </p>
      <DropsPlot of={nicKey(vm.uuid, nic.mac)} />
    </>
  );
}

/** A NIC: what it is to have, what the kernel has, and what was dropped of it. */
export function NicCard({ vm, nic }: { vm: Vm; nic: Nic }) {
  const [asking, setAsking] = useState<'filters' | 'unplug'>();
  const path = { vm: vm.uuid, mac: nic.mac };
  const {
    data: verdict,
    failure,
    set,
  } = useLive<Verdict>(
    `${nicKey(vm.uuid, nic.mac)} ${vm.state} ${nic.filters.join()}`,
    () => dataOf(api.GET('/v1/vms/{vm}/nics/{mac}/enforcement', { params: { path } })),
    (event) => vmOf(event) === vm.uuid && /^(enforcement|spoof|touched)/.test(event.type),
    10_000,
  );
  const close = (): void => setAsking(undefined);
  return (
    <section class="card" aria-label={`NIC ${nic.mac}`}>
      <div class="title">
        <h3>{nic.mac}</h3> <StatusBadge status={verdict?.status} />
        {may('operator') && (
          <div class="actions">
            <button type="button" onClick={() => setAsking('filters')}>
              Change filters
            </button>
            <button type="button" onClick={() => setAsking('unplug')}>
              Unplug
            </button>
          </div>
        )}
      </div>
      <Facts
        facts={[
          ['Source', sourceOf(nic.source)],
          ['Tap', nic.target],
          ['Filters', <FilterNames nic={nic} />],
          ['Parameters', nic.filterParameters.map(({ name, value }) => `${name}=${value}`).join(', ')],
          ['Trusted', trustOf(nic)],
          ['Model', nic.model],
          ['Link', nic.linkState],
          ['In step with the policy', nic.synced ? undefined : 'no: a fresh start gives it another filter'],
        ]}
      />
      <FailureNote failure={failure} />
      {verdict && <Findings findings={verdict.findings} />}
      {verdict?.status === 'drifted' && may('operator') && (
        <Repair vm={vm.uuid} mac={nic.mac} onRepaired={set} />
      )}
      {verdict && verdict.status !== 'inactive' && (
        <>
          <Drops vm={vm} nic={nic} verdict={verdict} />
          <Rules verdict={verdict} />
        </>
      )}
      {asking === 'filters' && <ChangeFilters vm={vm} nic={nic} onClose={close} />}
      {asking === 'unplug' && <Unplug vm={vm} nic={nic} onClose={close} />}
    </section>
  );
}
