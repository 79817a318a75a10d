import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { follow, operationIn } from '../live/operations.js';
import type { Vm } from '../live/vms.js';
import { goTo } from '../router.js';
import { FormDialog } from '../ui/dialog.js';
import { FailureNote } from '../ui/failure.js';
import { useAction } from '../ui/use-action.js';

type Asking = 'stop' | 'delete' | undefined;

/** What may be done with a VM in its state. */
export function VmActions({ vm }: { vm: Vm }) {
  const [asking, setAsking] = useState<Asking>();
  const { busy, failure, run } = useAction();
  const params = { path: { vm: vm.uuid } };
  const isOff = vm.state === 'shutoff' || vm.state === 'crashed';
  const button = (name: string, work: () => Promise<unknown>) => (
    <button type="button" disabled={busy} onClick={() => run(async () => follow(operationIn(await work())))}>
      {name}
    </button>
  );
  return (
    <div class="actions">
      {isOff && button('Start', () => dataOf(api.POST('/v1/vms/{vm}/start', { params })))}
      {vm.state === 'paused' && button('Resume', () => dataOf(api.POST('/v1/vms/{vm}/resume', { params })))}
      {vm.state === 'running' && (
        <>
          {button('Suspend', () => dataOf(api.POST('/v1/vms/{vm}/suspend', { params })))}
          {button('Reboot', () => dataOf(api.POST('/v1/vms/{vm}/reboot', { params })))}
          {button('Shut down', () => dataOf(api.POST('/v1/vms/{vm}/shutdown', { params })))}
        </>
      )}
      {!isOff && (
        <button type="button" disabled={busy} onClick={() => setAsking('stop')}>
          Stop
        </button>
      )}
      <button type="button" disabled={busy} onClick={() => setAsking('delete')}>
        Delete
      </button>
      {asking === 'stop' && <StopDialog vm={vm} onClose={() => setAsking(undefined)} />}
      {asking === 'delete' && <DeleteDialog vm={vm} isOff={isOff} onClose={() => setAsking(undefined)} />}
      <FailureNote failure={failure} />
    </div>
  );
}

function StopDialog({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const stop = async (): Promise<void> => {
    await dataOf(api.POST('/v1/vms/{vm}/stop', { params: { path: { vm: vm.uuid } } }));
  };
  return (
    <FormDialog title={`Stop ${vm.name}?`} action="Stop" danger onClose={onClose} submit={stop}>
      <p>This pulls the plug: the guest is not asked, and what it has not written yet is lost.</p>
    </FormDialog>
  );
}

function DeleteDialog({ vm, isOff, onClose }: { vm: Vm; isOff: boolean; onClose: () => void }) {
  const remove = async (): Promise<void> => {
    const params = { path: { vm: vm.uuid }, query: isOff ? {} : { force: true } };
    await dataOf(api.DELETE('/v1/vms/{vm}', { params }));
    goTo('vms');
  };
  return (
    <FormDialog title={`Delete ${vm.name}?`} action="Delete" danger onClose={onClose} submit={remove}>
      <p>
        {isOff ? '' : 'It is stopped first, without asking the guest. '}
        Its definition is gone then, and cannot be had back. The images of its disks stay.
      </p>
    </FormDialog>
  );
}
