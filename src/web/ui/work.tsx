import { dismiss, operations } from '../live/operations.js';
import { nameOf } from '../live/vms.js';

const words: Record<string, string> = {
  'vm.shutdown': 'Shutting down',
  'nic.unplug': 'Unplugging a NIC',
  'nwfilter.replace': 'Replacing a filter',
  'enforcement.repair': 'Putting all NICs right',
};

/** Long work: how far it is, and why it failed. */
export function Work() {
  if (operations.value.length === 0) return null;
  return (
    <section class="work" aria-label="Work that goes on">
      {operations.value.map(({ id, kind, vm, status, progress, problem }) => {
        const title = `${words[kind] ?? kind}${vm === undefined ? '' : `: ${nameOf(vm) ?? vm}`}`;
        return (
          <div key={id} class={`note ${status === 'running' ? 'plain' : 'bad'}`} role="status">
            <strong>{title}</strong>{' '}
            {status === 'running' ? (
              <>
                <progress
                  aria-label={title}
                  max={100}
                  {...(progress.percent > 0 && { value: progress.percent })}
                />{' '}
                {progress.text}
              </>
            ) : (
              <>
                {problem?.detail ?? status}{' '}
                <button type="button" onClick={() => dismiss(id)}>
                  Dismiss
                </button>
              </>
            )}
          </div>
        );
      })}
    </section>
  );
}
