/** The way to a value inside a JSON value. */
export type Way = readonly (string | number)[];

const entriesOf = (value: unknown): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((one, i) => [i, one]) : Object.entries(value as object);

/** Every place in a JSON value, itself first. */
export function placesIn(value: unknown, way: Way = []): Way[] {
  if (value === null || typeof value !== 'object') return [way];
  return [way, ...entriesOf(value).flatMap(([step, one]) => placesIn(one, [...way, step]))];
}

/** The value with another one at a place; undefined takes a member away. */
export function changedAt(value: unknown, way: Way, change: (found: unknown) => unknown): unknown {
  const [first, ...rest] = way;
  if (first === undefined) return change(value);
  const entries = entriesOf(value).map(([step, one]): [string | number, unknown] => [
    step,
    step === first ? changedAt(one, rest, change) : one,
  ]);
  if (Array.isArray(value)) return entries.map(([, one]) => one).filter((one) => one !== undefined);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}
