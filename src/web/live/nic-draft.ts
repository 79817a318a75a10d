import type { Schemas } from '../api/client.js';
import { type FilterDraft, noDraft, wantedOf } from './filter-draft.js';

export const sourceTypes = ['bridge', 'network'] as const;

/** A NIC as somebody has written it down, before it is asked for. */
export interface NicDraft {
  type: (typeof sourceTypes)[number];
  source: string;
  mac: string;
  filters: FilterDraft;
}

export const newNic: NicDraft = { type: 'bridge', source: '', mac: '', filters: noDraft };

/** What is asked for. @throws Failure */
export const nicInputOf = ({ type, source, mac, filters }: NicDraft): Schemas['NicInput'] => ({
  source: type === 'bridge' ? { type, bridge: source } : { type, network: source },
  ...(mac.trim() !== '' && { mac: mac.trim() }),
  ...wantedOf(filters),
});
