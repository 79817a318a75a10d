import { signal } from '@preact/signals';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';

export type Filter = Schemas['Nwfilter'];

/** All filters that libvirt has, in order of their names. */
export const filters = signal<readonly Filter[]>([]);

export async function readFilters(): Promise<void> {
  const query = { limit: 1000 };
  filters.value = (await dataOf(api.GET('/v1/nwfilters', { params: { query } }))).items;
}
