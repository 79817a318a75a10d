import fc, { type Arbitrary } from 'fast-check';
import type { Parts } from './parts.js';
import { changedAt, placesIn } from './places.js';

type Change = (found: unknown) => unknown;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** What is wrong by a little: what a client gets wrong. */
const changes: Record<string, Change> = {
  absent: () => undefined,
  null: () => null,
  'as text': (found) => (typeof found === 'string' ? found : JSON.stringify(found)),
  'as a number': (found) => (typeof found === 'string' ? found.length : 0),
  'as a truth value': (found) => found === false,
  'as a list': (found) => [found],
  'as an object': (found) => ({ value: found }),
  'one less': (found) => (typeof found === 'number' ? -found - 1 : found),
  'a fraction': (found) => (typeof found === 'number' ? found + 0.5 : 0.5),
  'too large': (found) => (typeof found === 'number' ? 2 ** 53 : 'x'.repeat(5000)),
  empty: (found) => (Array.isArray(found) ? [] : isObject(found) ? {} : ''),
  'a space more': (found) => (typeof found === 'string' ? `${found} ` : found),
  'in capitals': (found) => (typeof found === 'string' ? found.toUpperCase() : found),
  'a line end': (found) => (typeof found === 'string' ? `${found}\n` : found),
  twice: (found) => (Array.isArray(found) ? [...(found as unknown[]), ...(found as unknown[])] : found),
  'a member more': (found) => (isObject(found) ? { ...found, unknown: true } : found),
  'another case': (found) =>
    isObject(found)
      ? Object.fromEntries(Object.entries(found).map(([name, one]) => [name.toUpperCase(), one]))
      : found,
};

const texts = fc.constantFrom(
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e3',
  'true',
  'null',
  'NaN',
  '[]',
  '"',
  'x'.repeat(300),
);

function changedBody(parts: Parts): Arbitrary<Parts> {
  const before = JSON.stringify(parts.body);
  const bodies = placesIn(parts.body).flatMap((way) =>
    Object.values(changes).map((change) => changedAt(parts.body, way, change)),
  );
  const different = bodies.filter((body) => body !== undefined && JSON.stringify(body) !== before);
  return fc.constantFrom(...different).map((body) => ({ ...parts, body }));
}

function changedText(parts: Parts): Arbitrary<Parts> {
  const { params, query, headers } = parts;
  const name = Object.keys(params);
  return fc.tuple(texts, fc.nat(), fc.boolean()).map(([text, at, more]) => {
    if (more) return { ...parts, query: [...query, ['unknown', text], ...query.slice(0, 1)] };
    const index = at % Math.max(1, name.length + query.length + headers.length);
    return {
      ...parts,
      params: Object.fromEntries(name.map((one, i) => [one, i === index ? text : (params[one] ?? '')])),
      query: query.map(([one, value], i) => [one, i + name.length === index ? text : value]),
      headers: headers.map(([one, value], i) => [
        one,
        i + name.length + query.length === index ? text : value,
      ]),
    };
  });
}

/** A valid request with one thing wrong. */
export function nearlyValid(parts: Parts): Arbitrary<Parts> {
  return parts.body === undefined
    ? changedText(parts)
    : fc.oneof({ weight: 4, arbitrary: changedBody(parts) }, { weight: 1, arbitrary: changedText(parts) });
}
