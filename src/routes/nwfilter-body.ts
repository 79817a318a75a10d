import type { FastifyInstance } from 'fastify';
import { fieldProblem } from '../errors.js';
import { filterFromJson } from '../nwfilter/from-json.js';
import { filterFromXml } from '../nwfilter/from-xml.js';
import type { Filter } from '../nwfilter/model.js';
import { NwfilterInput, nwfilterSchemas } from '../schemas/nwfilter.js';
import { ref } from '../schemas/ref.js';

/** What the routes take that get a filter. Its readers check it, and say more of what is wrong than a schema can. */
export const filterBody = {
  content: {
    'application/json': { schema: ref(NwfilterInput) },
    'application/xml': {
      schema: { type: 'string', description: "libvirt's XML; without document type, entities and CDATA" },
    },
  },
};

/** A body of XML: told apart from what JSON can be. */
class XmlText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Reads a request's filter, of JSON or of XML. @throws Problem invalid-request */
export const readFilter = (body: unknown): Filter =>
  body instanceof XmlText ? filterFromXml(body.text) : filterFromJson(body);

/** @throws Problem invalid-request when the body names another filter than the path */
export function demandName(body: unknown, filter: Filter, name: string): void {
  if (filter.name === name) return;
  const path = body instanceof XmlText ? '/filter/@name' : '/name';
  throw fieldProblem('invalid-request', path, `must be ${name}, as in the path`);
}

/**
 * Lets the routes of a plugin take XML, which elsewhere is 415. Their answers are right as they are made: a serializer by
 * the schema takes seconds to compile at start, and would try each entry against every kind of rule.
 */
export function serveFilters(app: FastifyInstance): void {
  app.addContentTypeParser('application/xml', { parseAs: 'string' }, (_request, body, done) =>
    done(null, new XmlText(body.toString())),
  );
  // Here and not for the whole service: each serializer elsewhere would be compiled with them.
  for (const schema of nwfilterSchemas) app.addSchema(schema);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
}
