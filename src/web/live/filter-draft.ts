import { Failure } from '../api/answer.js';
import type { Schemas } from '../api/client.js';

/** What somebody has chosen for a NIC, before it is asked for. */
export interface FilterDraft {
  kind: 'default' | 'list' | 'none';
  names: readonly string[];
  /** NAME=VALUE, one a line. */
  parameters: string;
  reason: string;
}

export const noDraft: FilterDraft = { kind: 'default', names: [], parameters: '', reason: '' };

type Parameter = Schemas['FilterParameter'];

/** @throws Failure */
export const parametersIn = (text: string): Parameter[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, name, value] = /^([^=\s]+)\s*=\s*(\S+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new Failure('The parameters are not right', `${line} is not NAME=VALUE.`);
      return { name, value };
    });

export const draftOf = ({ filters, filterParameters, trust }: Schemas['Nic']): FilterDraft => ({
  kind: filters.length === 0 ? 'none' : 'list',
  names: filters,
  parameters: filterParameters.map(({ name, value }) => `${name}=${value}`).join('\n'),
  reason: trust?.reason ?? '',
});

/** What is asked for. @throws Failure */
export function wantedOf({ kind, names, parameters, reason }: FilterDraft): {
  filters?: string[];
  filterParameters?: Parameter[];
  trust?: { reason: string };
} {
  if (kind === 'none') return { filters: [], filterParameters: [], trust: { reason } };
  const filterParameters = parametersIn(parameters);
  if (kind === 'default') return filterParameters.length > 0 ? { filterParameters } : {};
  if (names.length === 0) throw new Failure('No filter is chosen', 'Add one, or choose something else.');
  return { filters: [...names], filterParameters };
}
