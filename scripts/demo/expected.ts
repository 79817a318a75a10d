import { setTimeout as sleep } from 'node:timers/promises';

/** What was to be shown is not so: the demo says it and fails. */
export class Unexpected extends Error {}

/** Ends the demo unless this is so. */
export function expect(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Unexpected(otherwise);
}

/** What a promise gives, if it does in time. */
export function within<T>(seconds: number, promise: Promise<T>, otherwise: string): Promise<T> {
  const late = sleep(seconds * 1000, undefined, { ref: false }).then(() => {
    throw new Unexpected(`${otherwise} within ${seconds} s`);
  });
  return Promise.race([promise, late]);
}
