import { createHash } from 'node:crypto';

const sorted = (_key: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A hash of what a JSON value says, whatever the order of its members. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(JSON.stringify({ value }, sorted)).digest('base64url');
}
