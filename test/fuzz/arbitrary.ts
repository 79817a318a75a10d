import fc, { type Arbitrary } from 'fast-check';
import type { OpenApi, Schema } from './document.js';

/** Values that mean something to a host, by the place where they go: `VmInput.name`, or `name` wherever it is. */
export type Hints = Readonly<Record<string, Arbitrary<unknown>>>;

/** How often a hint is taken, and the schema's own range otherwise. */
const hinted = { weight: 8 };
const ofSchema = { weight: 1 };

/** Strings longer than this only come of a schema that asks for them. */
const longest = 40;
const lookaheads = /\(\?![^)]*\)/g;

function text({
  minLength = 0,
  maxLength = Infinity,
  pattern,
  format,
}: Record<string, unknown>): Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'ipv6') return fc.ipV6();
  if (format === 'date-time') {
    const [min, max] = [new Date('2020-01-01'), new Date('2060-01-01')];
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  const [least, most] = [
    Number(minLength),
    Math.min(Number(maxLength), Math.max(longest, Number(minLength))),
  ];
  if (typeof pattern !== 'string') return fc.string({ minLength: least, maxLength: most });
  const whole = new RegExp(pattern);
  return matchingArbitrary(pattern).filter(
    (found) => found.length >= least && found.length <= most && whole.test(found),
  );
}

/** By pattern: fast-check takes long to read one that excludes characters. */
const matching = new Map<string, Arbitrary<string>>();
function matchingArbitrary(pattern: string): Arbitrary<string> {
  const made = matching.get(pattern) ?? fc.stringMatching(new RegExp(pattern.replace(lookaheads, '')));
  matching.set(pattern, made);
  return made;
}

/** Makes of the document's schemas what is valid by them. */
export class Arbitraries {
  readonly #schemas: Readonly<Record<string, Schema>>;
  readonly #hints: Hints;

  constructor(document: OpenApi, hints: Hints) {
    this.#schemas = document.components.schemas;
    this.#hints = hints;
  }

  /** @param place of what the schema is, and the member there, for a hint */
  of(schema: Schema, place = '', member = ''): Arbitrary<unknown> {
    const hint = this.#hints[`${place}.${member}`] ?? this.#hints[member];
    const own = this.#own(schema, place);
    return hint ? fc.oneof({ ...hinted, arbitrary: hint }, { ...ofSchema, arbitrary: own }) : own;
  }

  #own(schema: Schema, place: string): Arbitrary<unknown> {
    if (typeof schema.$ref === 'string') {
      const name = schema.$ref.split('/').at(-1) ?? '';
      return this.of(this.#schemas[name] ?? {}, name);
    }
    if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...(schema.enum as unknown[]));
    const variants = (schema.anyOf ?? schema.oneOf) as Schema[] | undefined;
    if (variants) return fc.oneof(...variants.map((variant) => this.#own(variant, place)));
    switch (schema.type) {
      case 'object':
        return this.#object(schema, place);
      case 'array':
        return this.#array(schema, place);
      case 'string':
        return text(schema);
      case 'integer':
        return fc.integer({ min: schema.minimum as number, max: schema.maximum as number });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        throw new TypeError(`no values for ${JSON.stringify(schema)}`);
    }
  }

  #object(schema: Schema, place: string): Arbitrary<unknown> {
    const writable = Object.entries((schema.properties ?? {}) as Record<string, Schema>).filter(
      ([, { readOnly }]) => readOnly !== true,
    );
    const members = writable.map(([name, one]): [string, Arbitrary<unknown>] => [
      name,
      this.of(one, place, name),
    ]);
    const required = (schema.required ?? []) as string[];
    const made = fc.record(Object.fromEntries(members), { requiredKeys: required, noNullPrototype: true });
    const least = Number(schema.minProperties ?? 0);
    return made.filter((value) => Object.keys(value).length >= least);
  }

  #array(schema: Schema, place: string): Arbitrary<unknown> {
    const items = this.of(schema.items as Schema, place);
    const [minLength, maxLength] = [Number(schema.minItems ?? 0), Math.min(Number(schema.maxItems ?? 4), 4)];
    return schema.uniqueItems === true
      ? fc.uniqueArray(items, { minLength, maxLength, comparator: 'SameValue' })
      : fc.array(items, { minLength, maxLength });
  }
}
