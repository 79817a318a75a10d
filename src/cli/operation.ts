import type { Schemas, VirtwardenClient } from '../client/index.js';
import { answerOf } from './client.js';
import { CommandError } from './exit.js';
import { print } from './output.js';

type Operation = Schemas['Operation'];

/** How long one request waits for an operation, seconds: less than an answer may take, and than the service takes. */
export const waitSeconds = 50;

/** Waits until an operation is finished. @throws CommandError with its problem when it has not succeeded */
export async function finished(api: VirtwardenClient, begun: Operation): Promise<Operation> {
  let operation = begun;
  while (operation.status === 'running') {
    const params = { path: { id: begun.id }, query: { wait: waitSeconds } };
    operation = await answerOf(api.GET('/v1/operations/{id}', { params }));
  }
  if (operation.status === 'succeeded') return operation;
  throw new CommandError('found', operation.problem?.detail ?? `${operation.kind} was ${operation.status}.`);
}

/** Says how far an operation is. */
export function showOperation(operation: Operation, json: boolean): void {
  const { id, kind, status, problem } = operation;
  if (json) print(operation, true);
  else console.log([`${kind} ${status}`, id, problem?.detail].filter((part) => part !== undefined).join(' '));
}
