import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { may } from '../api/session.js';
import { dismiss, type Operation, operations } from '../live/operations.js';
import { nameOf } from '../live/vms.js';
import { FailureNote } from './failure.js';
import { useAction } from './use-action.js';

const words: Record<string, string> = {
  'vm.shutdown': 'Shutting down',
  'vm.migrate': 'Migrating',
  'nic.unplug': 'Unplugging a NIC',
  'nwfilter.replace': 'Replacing a filter',
  'enforcement.repair': 'Putting all NICs right',
};
/** What can be stopped half way. */
const cancellable = ['vm.shutdown', 'vm.migrate'];

const titleOf = ({ kind, vm }: Operation): string =>
  `${words[kind] ?? kind}${vm === undefined ? '' : `: ${nameOf(vm) ?? vm}`}`;

function Running({ operation }: { operation: Operation }) {
  const { id, kind, progress } = operation;
  const { busy, failure, run } = useAction();
  const cancel = async (): Promise<void> => {
    await dataOf(api.DELETE('/v1/operations/{id}', { params: { path: { id } } }));
  };
  return (
    <>
      <progress
        aria-label={titleOf(operation)}
        max={100}
        {...(progress.percent > 0 && { value: progress.percent })}
      />{' '}
      {progress.text}{' '}
      {cancellable.includes(kind) && may('operator') && (
        <button type="button" disabled={busy} onClick={() => run(cancel)}>
          Cancel
        </button>
      )}
      <FailureNote failure={failure} />
    </>
  );
}

const Ended = ({ operation: { id, status, problem } }: { operation: Operation }) => (
  <>
    {problem?.detail ?? status}{' '}
    <button type="button" onClick={() => dismiss(id)}>
      Dismiss
    </button>
  </>
);

/** Long work: how far it is, and why it failed. */
export function Work() {
  if (operations.value.length === 0) return null;
  return (
    <section class="work" aria-label="Work that goes on">
      {operations.value.map((operation) => {
        const runs = operation.status === 'running';
        return (
          <div key={operation.id} class={`note ${runs ? 'plain' : 'bad'}`} role="status">
            <strong>{titleOf(operation)}</strong>{' '}
            {runs ? <Running operation={operation} /> : <Ended operation={operation} />}
          </div>
        );
      })}
    </section>
  );
}
