import Type from 'typebox';
import { fieldProblem } from '../errors.js';

/** How a list in order of a name is paged. */
export const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1024, description: 'nextCursor of the page before' })),
});

const mark = 'after ';
const toCursor = (key: string): string => Buffer.from(mark + key).toString('base64url');

function fromCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith(mark)) return text.slice(mark.length);
  throw fieldProblem('invalid-request', 'query/cursor', 'is not a cursor that this service gave');
}

/**
 * One page of a list that is in order of a key of its items.
 * @throws Problem invalid-request for a foreign cursor
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { limit = 100, cursor }: { limit?: number; cursor?: string },
): { items: T[]; nextCursor?: string } {
  const after = cursor === undefined ? undefined : fromCursor(cursor);
  const rest = after === undefined ? all : all.filter((item) => keyOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(last !== undefined && rest.length > limit && { nextCursor: toCursor(keyOf(last)) }) };
}
