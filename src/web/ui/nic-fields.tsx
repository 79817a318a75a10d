import { type NicDraft, sourceTypes } from '../live/nic-draft.js';
import { Field, Select } from './field.js';
import { FilterChoice } from './filter-choice.js';

interface NicFieldsProps {
  draft: NicDraft;
  onChange: (draft: NicDraft) => void;
}

/** What a new NIC is to be. */
export function NicFields({ draft, onChange }: NicFieldsProps) {
  const set = (change: Partial<NicDraft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <div class="fields">
        <Select
          label="Source"
          value={draft.type}
          options={sourceTypes.map((type) => [type, type] as const)}
          onChange={(type) => set({ type: type as NicDraft['type'] })}
        />
        <Field
          label={draft.type === 'bridge' ? 'Bridge' : 'Network'}
          required
          value={draft.source}
          onInput={(source) => set({ source })}
        />
        <Field
          label="MAC address"
          value={draft.mac}
          onInput={(mac) => set({ mac })}
          hint="made when left empty"
        />
      </div>
      <FilterChoice draft={draft.filters} hasDefault onChange={(filters) => set({ filters })} />
    </>
  );
}
