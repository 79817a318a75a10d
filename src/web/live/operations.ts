import { signal } from '@preact/signals';
import { dataOf } from '../api/answer.js';
import { api, type Schemas } from '../api/client.js';

export type Operation = Schemas['Operation'];

/** Long work: what goes on, and what failed while the page was looked at. */
export const operations = signal<readonly Operation[]>([]);
const dismissed = new Set<string>();
const seenRunning = new Set<string>();

const isShown = ({ id, status }: Operation): boolean =>
  status === 'running' || (seenRunning.has(id) && !dismissed.has(id) && status === 'failed');

export const anyRuns = (): boolean => operations.value.some(({ status }) => status === 'running');

export async function readOperations(): Promise<void> {
  const { items } = await dataOf(api.GET('/v1/operations', { params: { query: { limit: 50 } } }));
  for (const { id, status } of items) if (status === 'running') seenRunning.add(id);
  operations.value = items.filter(isShown);
}

export function dismiss(id: string): void {
  dismissed.add(id);
  operations.value = operations.value.filter((operation) => operation.id !== id);
}

/** What an answer says of long work that it began; undefined where all is done by now. */
export const operationIn = (answer: unknown): Operation | undefined =>
  typeof answer === 'object' && answer !== null && 'progress' in answer ? (answer as Operation) : undefined;

/** Shows long work from now on; its end comes as an event. */
export function follow(operation: Operation | undefined): void {
  if (operation === undefined) return;
  seenRunning.add(operation.id);
  if (isShown(operation))
    operations.value = [operation, ...operations.value.filter(({ id }) => id !== operation.id)];
}
