import { host } from '../live/host.js';
import { recentEvents, sentenceOf, vmNameOf, vmOf } from '../live/events.js';
import { hostVerdict, type Status, statuses } from '../live/verdicts.js';
import { nameOf } from '../live/vms.js';
import { hrefOf } from '../router.js';
import { meaningOf, toneOf } from '../ui/badge.js';
import { Facts, Page } from '../ui/page.js';
import { DropsPlot } from '../ui/plot.js';
import { Findings } from './findings.js';
import { RepairAll } from './repair.js';

function Count({ status }: { status: Status }) {
  const count = hostVerdict.value?.counts[status];
  const tone = count === undefined || count === 0 ? 'plain' : toneOf[status];
  return (
    <a class={`count ${tone}`} href={hrefOf('vms', 'verdict', status)}>
      <span class="number">{count ?? '…'}</span>
      <span class="word">{status}</span>
      <small>{meaningOf[status]}</small>
    </a>
  );
}

function HostFacts() {
  const known = host.value;
  if (!known) return <p class="muted">…</p>;
  const { connection, versions, nwfilterBackend, driver, virtTypes, lacks } = known;
  return (
    <>
      <Facts
        facts={[
          ['libvirt', <LibvirtState state={connection.state} why={connection.failure} />],
          ['Connection', connection.uri],
          ['Host', known.name],
          ['libvirt version', versions.libvirt],
          ['Hypervisor', [driver, versions.hypervisor].filter(Boolean).join(' ')],
          ['Kernel', versions.kernel],
          ['virtwarden', versions.virtwarden],
          ['Rules are made with', nwfilterBackend],
          ['Types of VMs', virtTypes?.join(', ')],
        ]}
      />
      {lacks.map(({ code, detail }) => (
        <div key={code} class="note warn">
          <strong>{code}</strong> {detail}
        </div>
      ))}
    </>
  );
}

const LibvirtState = ({ state, why }: { state: string; why: string | undefined }) => (
  <>
    <span class={`badge ${state === 'connected' ? 'ok' : 'bad'}`}>{state}</span> {why}
  </>
);

function LastEvents() {
  const events = recentEvents.value.slice(0, 12);
  if (events.length === 0) return <p class="muted">Nothing has happened yet.</p>;
  return (
    <ul class="events">
      {events.map((event, i) => {
        const vm = vmOf(event);
        const name = vm === undefined ? undefined : nameOf(vm);
        const gone = name === undefined ? vmNameOf(event) : undefined;
        return (
          <li key={event.id ?? i}>
            <time dateTime={event.time}>{new Date(event.time).toLocaleTimeString()}</time>{' '}
            <code>{event.type}</code>{' '}
            {vm !== undefined && name !== undefined && <a href={hrefOf('vms', vm)}>{name}</a>} {gone}{' '}
            {sentenceOf(event)}
          </li>
        );
      })}
    </ul>
  );
}

/** The host's protection at a glance. */
export function Glance() {
  return (
    <Page title="At a glance" actions={<RepairAll />}>
      <section aria-label="NICs by verdict" class="counts">
        {statuses.map((status) => (
          <Count key={status} status={status} />
        ))}
      </section>
      <Findings findings={hostVerdict.value?.findings ?? []} />
      <div class="columns">
        <section class="card">
          <h2>Spoofed frames dropped</h2>
          <DropsPlot />
        </section>
        <section class="card">
          <h2>Host</h2>
          <HostFacts />
        </section>
      </div>
      <section class="card">
        <h2>Last events</h2>
        <LastEvents />
      </section>
    </Page>
  );
}
