import { signal } from '@preact/signals';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';

export const host = signal<Schemas['Host'] | undefined>(undefined);

export async function readHost(): Promise<void> {
  host.value = await dataOf(api.GET('/v1/host'));
}
