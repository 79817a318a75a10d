import { signal } from '@preact/signals';
import type { Failure } from '../api/answer.js';

/** What could not be read the last time, and why. */
export const readFailures = signal<ReadonlyMap<string, Failure>>(new Map());

/** Notes that something could not be read, or, without a reason, that it could. */
export function failure(what: string, why?: Failure): void {
  if (why === undefined && !readFailures.value.has(what)) return;
  const failures = new Map(readFailures.value);
  if (why) failures.set(what, why);
  else failures.delete(what);
  readFailures.value = failures;
}
