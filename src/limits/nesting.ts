import { Problem } from '../errors.js';

/** No body that the service knows comes near it; what walks through one of thousands would run out of stack. */
const mostLevels = 32;

const isDeeper = (value: unknown, levels: number): boolean =>
  value !== null &&
  typeof value === 'object' &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));

/** @throws Problem invalid-request */
export function demandShallow(body: unknown): void {
  if (!isDeeper(body, mostLevels)) return;
  const message = `is nested more than ${mostLevels} levels deep`;
  throw new Problem('invalid-request', `The body ${message}.`, { errors: [{ path: '', message }] });
}
