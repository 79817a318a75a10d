import { useId } from 'preact/hooks';
import { mayTrust } from '../api/session.js';
import type { FilterDraft } from '../live/filter-draft.js';
import { filters } from '../live/filters.js';
import { Field, TextField } from './field.js';

interface FilterChoiceProps {
  draft: FilterDraft;
  /** Whether to leave it to the policy is a choice. */
  hasDefault: boolean;
  onChange: (draft: FilterDraft) => void;
}

/** Which filters a NIC is to have: the policy's, a list in order, or, for a reason, none. */
export function FilterChoice({ draft, hasDefault, onChange }: FilterChoiceProps) {
  const id = useId();
  const set = (change: Partial<FilterDraft>): void => onChange({ ...draft, ...change });
  const kind = (value: FilterDraft['kind'], text: string) => (
    <label class="check">
      <input type="radio" name={id} checked={draft.kind === value} onChange={() => set({ kind: value })} />
      {text}
    </label>
  );
  return (
    <fieldset>
      <legend>Filters</legend>
      {hasDefault && kind('default', "the policy's default")}
      {kind('list', 'these, in order')}
      {draft.kind === 'list' && <FilterList names={draft.names} onChange={(names) => set({ names })} />}
      {mayTrust() && kind('none', 'none: this NIC is trusted')}
      {draft.kind === 'none' && (
        <Field
          label="Reason"
          required
          value={draft.reason}
          onInput={(reason) => set({ reason })}
          hint="for those who will ask"
        />
      )}
      {draft.kind !== 'none' && (
        <TextField
          label="Parameters"
          rows={2}
          value={draft.parameters}
          onInput={(parameters) => set({ parameters })}
          hint={hintFor(draft)}
        />
      )}
    </fieldset>
  );
}

/** Which variables the filters that were chosen need. */
function hintFor({ names, kind }: FilterDraft): string {
  const chosen = kind === 'list' ? filters.value.filter(({ name }) => names.includes(name)) : [];
  const needed = [...new Set(chosen.flatMap(({ parameters }) => parameters))].filter(
    (name) => name !== 'MAC',
  );
  const needs = needed.length > 0 ? ` These filters need ${needed.join(', ')}.` : '';
  return `NAME=VALUE, one a line; a name may be repeated.${needs}`;
}

function FilterList({ names, onChange }: { names: readonly string[]; onChange: (names: string[]) => void }) {
  const id = useId();
  const others = filters.value.filter(({ name }) => !names.includes(name));
  return (
    <>
      {names.length > 0 && (
        <ol class="chosen">
          {names.map((name) => (
            <li key={name}>
              {name}{' '}
              <button
                type="button"
                aria-label={`Remove ${name}`}
                onClick={() => onChange(names.filter((one) => one !== name))}
              >
                Remove
              </button>
            </li>
          ))}
        </ol>
      )}
      <div class="field">
        <label for={id}>Add a filter</label>
        <select
          id={id}
          value=""
          onChange={(event) => {
            onChange([...names, event.currentTarget.value]);
            event.currentTarget.value = '';
          }}
        >
          <option value="">…</option>
          {others.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}
