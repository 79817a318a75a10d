import fc, { type Arbitrary } from 'fast-check';
import { hostileName, hostileText } from './hostile-texts.js';
import type { Parts } from './parts.js';
import { changedAt, placesIn } from './places.js';

/** Bodies that are larger than this are refused before they are read: both sides of it are tried. */
const bodyLimit = 256 * 1024;

/** A text in the place of every text. */
function everyText(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => everyText(one, text));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, everyText(one, text)]));
}

const nested = (depth: number, open: string, close: string): string =>
  `${open.repeat(depth)}0${close.repeat(depth)}`;
const depths = fc.constantFrom(10, 100, 1000, 10_000, 30_000);

/** A value, in JSON, that is deep, long, or named as what objects have by themselves. */
const hostileJson: Arbitrary<string> = fc.oneof(
  depths.map((depth) => nested(depth, '[', ']')),
  depths.map((depth) => nested(depth, '{"a":', '}')),
  fc
    .constantFrom(1000, 20_000, 60_000)
    .map((count) => `[${Array.from({ length: count }, () => '1').join()}]`),
  fc
    .constantFrom(100, 5000, 15_000)
    .map((count) => `{${Array.from({ length: count }, (_none, i) => `"k${i}":1`).join()}}`),
  fc
    .constantFrom(bodyLimit / 2, bodyLimit + 1, bodyLimit * 4)
    .map((length) => JSON.stringify('x'.repeat(length))),
  hostileText.map((text) => JSON.stringify(text)),
  hostileName.map((name) => `{${JSON.stringify(name)}:{"isAdmin":true,"status":200}}`),
  fc.constantFrom('1e400', '-1e400', '-0', '1e-400', '123456789012345678901234567890', '0.1e1', '1E400'),
);

/** The body in JSON, with one value replaced by what JSON.stringify would not make: it does not go so deep, for one. */
function writtenAt(body: unknown): Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...placesIn(body)), hostileJson).map(([way, json]) => {
    const mark = '(here)';
    return JSON.stringify(changedAt(body, way, () => mark)).replace(`"${mark}"`, () => json);
  });
}

/** A member of a name that objects have by themselves, beside the others, wherever there is an object. */
function polluted(body: unknown): Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...placesIn(body)), hostileName, hostileText).map(([way, name, text]) =>
    changedAt(body, way, (found) => {
      if (found === null || typeof found !== 'object' || Array.isArray(found)) return found;
      const entries: [string, unknown][] = [...Object.entries(found), [name, { admin: text }]];
      // by definition, not by assignment: __proto__ is to be a member
      return Object.fromEntries(entries);
    }),
  );
}

const hostileBody = (body: unknown): Arbitrary<unknown> =>
  fc.oneof(
    { weight: 2, arbitrary: hostileText.map((text) => everyText(body, text)) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom(...placesIn(body)), hostileText)
        .map(([way, text]) => changedAt(body, way, (found) => (typeof found === 'object' ? found : text))),
    },
    { weight: 2, arbitrary: polluted(body) },
  );

function hostileTexts(parts: Parts): Arbitrary<Parts> {
  const { params, query, headers } = parts;
  const other = (value: string) =>
    fc.oneof({ weight: 2, arbitrary: hostileText }, { weight: 1, arbitrary: fc.constant(value) });
  const pair = ([name, value]: [string, string]) => fc.tuple(fc.constant(name), other(value));
  return fc.record({
    params: fc.record(
      Object.fromEntries(Object.entries(params).map(([name, value]) => [name, other(value)])),
    ),
    query: fc
      .tuple(fc.tuple(...query.map(pair)), fc.array(fc.tuple(hostileName, hostileText), { maxLength: 2 }))
      .map(([own, more]) => [...own, ...more]),
    headers: fc.tuple(...headers.map(pair)),
    body: fc.constant(parts.body),
  });
}

/** A request with something in it that is meant to break the service. */
export function hostile(parts: Parts): Arbitrary<Parts> {
  if (parts.body === undefined) return hostileTexts(parts);
  return fc.oneof(
    { weight: 4, arbitrary: hostileBody(parts.body).map((body) => ({ ...parts, body })) },
    { weight: 2, arbitrary: writtenAt(parts.body).map((json) => ({ ...parts, json })) },
    { weight: 1, arbitrary: hostileTexts(parts) },
  );
}
