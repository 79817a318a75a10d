import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api } from '../api/client.js';
import { newNic, nicInputOf } from '../live/nic-draft.js';
import { readChanged, type Vm } from '../live/vms.js';
import { FormDialog } from '../ui/dialog.js';
import { NicFields } from '../ui/nic-fields.js';

/** A further NIC for a VM. */
export function PlugNic({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const [draft, setDraft] = useState(newNic);
  const plug = async (): Promise<void> => {
    const params = { path: { vm: vm.uuid } };
    await dataOf(api.POST('/v1/vms/{vm}/nics', { params, body: nicInputOf(draft) }));
    await readChanged(vm);
  };
  return (
    <FormDialog title={`Plug a NIC into ${vm.name}`} action="Plug" onClose={onClose} submit={plug}>
      <NicFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}
