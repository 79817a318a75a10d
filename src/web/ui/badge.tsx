import type { Status } from '../live/verdicts.js';
import type { Vm } from '../live/vms.js';

type Tone = 'ok' | 'warn' | 'bad' | 'plain';

export const toneOf: Record<Status, Tone> = {
  enforced: 'ok',
  unfiltered: 'warn',
  drifted: 'bad',
  unenforceable: 'bad',
  inactive: 'plain',
  unknown: 'bad',
};

/** What a verdict means, for who does not know the word. */
export const meaningOf: Record<Status, string> = {
  enforced: 'the kernel has all of the rules',
  unfiltered: 'no filter, by choice or policy',
  drifted: 'a filter is wanted, and is not wholly in the kernel',
  unenforceable: 'libvirt cannot filter this type of interface',
  inactive: 'not running: there is nothing to filter now',
  unknown: 'the kernel could not be read',
};

export const Badge = ({ tone, children, title }: { tone: Tone; children: string; title?: string }) => (
  <span class={`badge ${tone}`} title={title}>
    {children}
  </span>
);

export const StatusBadge = ({ status }: { status: Status | undefined }) =>
  status === undefined ? (
    <span class="muted">–</span>
  ) : (
    <Badge tone={toneOf[status]} title={meaningOf[status]}>
      {status}
    </Badge>
  );

export const StateBadge = ({ state }: { state: Vm['state'] }) => (
  <Badge tone={state === 'running' ? 'ok' : state === 'crashed' ? 'bad' : 'plain'}>{state}</Badge>
);
