import AjvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import { bySchema } from './by-schema.js';
import { buildSerializer } from './serialization.js';

/**
 * Refuses what is not known and reports every wrong field, not only the first. The schemas are the service's own: that they are
 * valid is a matter of its tests, which lint the document made of them, and not of each start.
 */
const strict = {
  allErrors: true,
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: true,
  validateSchema: false,
} as const;

/** Bodies of many variants, of which a schema can only say that none fits: their readers check them, to the same end. */
const checkedByReader: ReadonlySet<unknown> = new Set(['NwfilterInput#']);

interface Schema {
  $ref?: string;
  properties?: object;
}

/** As Node.js spells the headers: with a validator of our own, Fastify does not see to that. */
const inSmallLetters = (schema: Schema): Schema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, one]) => [name.toLowerCase(), one as unknown]),
  ),
});

interface Definition {
  httpPart: string;
  contentType?: string;
  schema?: Schema;
}

/**
 * Bodies are taken as they are: a number in quotes is a string. Path and query have only strings, so theirs are read.
 * To be given to Fastify at its making.
 */
export const schemaController = {
  compilersFactory: {
    buildSerializer,
    buildValidator: (schemas: Parameters<BuildCompilerFromPool>[0]) => {
      const factory = AjvCompiler();
      const body = bySchema(factory(schemas, { customOptions: strict }));
      // "Infinity" becomes a number, to which Ajv would otherwise apply no limit
      const reading = { ...strict, coerceTypes: true, strictNumbers: false };
      // a parameter is described where it stands: none refers to a shared schema
      const strings = bySchema(factory({}, { customOptions: reading }));
      const choose = (route: Definition) => {
        if (route.httpPart === 'headers')
          return strings({ ...route, schema: inSmallLetters(route.schema ?? {}) });
        if (route.httpPart !== 'body') return strings(route);
        const byReader = checkedByReader.has(route.schema?.$ref) || route.contentType === 'application/xml';
        return byReader ? () => true : body(route);
      };
      // Declared as taking a bare schema, but Fastify calls it with the route's definition.
      return choose as unknown as ReturnType<BuildCompilerFromPool>;
    },
  },
};
