import { useState } from 'preact/hooks';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';
import { draftOf, wantedOf } from '../live/filter-draft.js';
import { readChanged, type Vm } from '../live/vms.js';
import { FormDialog } from '../ui/dialog.js';
import { FilterChoice } from '../ui/filter-choice.js';

interface ChangeFiltersProps {
  vm: Vm;
  nic: Schemas['Nic'];
  onClose: () => void;
}

/** Other filters for a NIC. */
export function ChangeFilters({ vm, nic, onClose }: ChangeFiltersProps) {
  const [draft, setDraft] = useState(() => draftOf(nic));
  const change = async (): Promise<void> => {
    const path = { vm: vm.uuid, mac: nic.mac };
    await dataOf(api.PATCH('/v1/vms/{vm}/nics/{mac}', { params: { path }, body: wantedOf(draft) }));
    await readChanged(vm);
  };
  return (
    <FormDialog title={`Filters of ${nic.mac}`} action="Change" onClose={onClose} submit={change}>
      <p class="muted">
        While the rules of a running NIC change it passes nothing. A change that fails leaves the old ones in
        force.
      </p>
      <FilterChoice draft={draft} hasDefault={false} onChange={setDraft} />
    </FormDialog>
  );
}
