import { type FieldError, Problem } from '../errors.js';

/** So that an answer stays readable. */
const mostErrors = 20;

/** Throws what was found wrong, if anything. @throws Problem invalid-request */
export function demandNone(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  const shown = errors.slice(0, mostErrors);
  const detail = shown.map(({ path, message }) => `${path || 'The body'} ${message}`).join('; ');
  const more = errors.length > shown.length ? `; and ${errors.length - shown.length} more` : '';
  throw new Problem('invalid-request', `${detail}${more}.`, { errors: shown });
}
