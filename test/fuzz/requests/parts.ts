import fc, { type Arbitrary } from 'fast-check';
import type { Arbitraries } from '../arbitrary.js';
import type { Operation, Parameter } from '../document.js';
import { type Message, percent } from './message.js';

/** What a request says, before it is written out. */
export interface Parts {
  params: Record<string, string>;
  query: [name: string, value: string][];
  headers: [name: string, value: string][];
  /** What becomes JSON; undefined: no body. */
  body: unknown;
  /** JSON as it is to be sent, where an object could not hold what is in it. */
  json?: string;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A member for each parameter of a kind; those that need not be there are left out at times. */
function parametersOf(arbitraries: Arbitraries, parameters: readonly Parameter[], kind: Parameter['in']) {
  const own = parameters.filter((parameter) => parameter.in === kind);
  const members = own.map(({ name, schema }) => [name, arbitraries.of(schema, kind, name)]);
  const requiredKeys = own.filter(({ required }) => required).map(({ name }) => name);
  return fc.record(Object.fromEntries(members) as Record<string, Arbitrary<unknown>>, {
    requiredKeys,
    noNullPrototype: true,
  });
}

/** Valid by the document. A cursor, a tag and an id that it says nothing of may still be none. */
export function validParts(arbitraries: Arbitraries, operation: Operation): Arbitrary<Parts> {
  const { parameters, requestBody } = operation;
  const json = requestBody?.content?.['application/json'];
  return fc
    .record({
      params: parametersOf(arbitraries, parameters, 'path'),
      query: parametersOf(arbitraries, parameters, 'query'),
      headers: parametersOf(arbitraries, parameters, 'header'),
      body: json ? arbitraries.of(json.schema) : fc.constant(undefined),
    })
    .map(({ params, query, headers, body }) => ({
      params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, textOf(value)])),
      query: Object.entries(query).flatMap(([name, value]): [string, string][] =>
        (Array.isArray(value) ? value : [value]).map((one) => [name, textOf(one)]),
      ),
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, textOf(value)]),
      body,
    }));
}

/** Header values have no line ends: what has is sent on the wire as it is, and not by this. */
const headerText = (value: string): string => value.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '?');

export function toMessage(
  operation: Operation,
  { params, query, headers, body, json }: Parts,
): Omit<Message, 'kind' | 'caller'> {
  const path = operation.path.replace(/\{([^}]+)\}/g, (_all, name: string) => percent(params[name] ?? ''));
  const asked = query.map(([name, value]) => `${percent(name)}=${percent(value)}`).join('&');
  return {
    operation,
    method: operation.method,
    target: asked === '' ? path : `${path}?${asked}`,
    headers: [
      ...headers.map(([name, value]): [string, string] => [name, headerText(value)]),
      ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ],
    ...(body !== undefined && { body: Buffer.from(json ?? JSON.stringify(body)) }),
  };
}
