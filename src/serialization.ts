import SerializerSelector from '@fastify/fast-json-stringify-compiler';
import { bySchema } from './by-schema.js';

type Schemas = Record<string, object>;

/** The names of the shared schemas that a schema refers to. */
const referencesIn = (schema: unknown): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"([^"#]+)#/g)].map(([, name = '']) => name);

/** Those of the shared schemas that one is made of, with all that these refer to. */
function partsOf(schema: unknown, shared: Schemas): Schemas {
  const parts: Schemas = {};
  const visit = (names: string[]): void => {
    for (const name of names) {
      const part = shared[name];
      if (!part || name in parts) continue;
      parts[name] = part;
      visit(referencesIn(part));
    }
  };
  visit(referencesIn(schema));
  return parts;
}

/**
 * Fastify's serialisers, each made once and of what it needs: most answers are the same few problems, and the library looks
 * at all shared schemas anew for each of hundreds. To be given to Fastify at its making.
 */
export const buildSerializer: SerializerSelector.SerializerFactory = (shared, options) =>
  bySchema((route) => SerializerSelector()(partsOf(route.schema, shared as Schemas), options)(route));
