import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { preferred } from '../http/accept.js';
import { etagOf } from '../http/etag.js';
import { pageOf, PageQuery } from '../http/page.js';
import { withDeadline } from '../libvirt/session.js';
import { createFilter } from '../nwfilters/define.js';
import { listOf, readFacts, viewOf, xmlOf } from '../nwfilters/read.js';
import { Nwfilter, NwfilterList } from '../schemas/nwfilter.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { serveFilters, filterBody, readFilter } from './nwfilter-body.js';
import { deadlines } from './vms.js';

export const NwfilterParams = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200, description: 'the name of a filter' }),
});
const ListQuery = Type.Object({
  ...PageQuery.properties,
  managed: Type.Optional(
    Type.Boolean({ description: 'only those that come with the service, or only the others' }),
  ),
});
const asXml = { 'application/xml': { schema: { type: 'string', description: "libvirt's XML" } } };

function answerFilter(
  request: FastifyRequest,
  reply: FastifyReply,
  view: Nwfilter,
  xml: string,
): FastifyReply {
  void reply.header('vary', 'Accept');
  if (preferred(request.headers.accept) === 'application/json') return reply.send(view);
  return reply.header('etag', etagOf(xml)).type('application/xml').send(xml);
}

const nwfilters: FastifyPluginCallbackTypebox = (app, _options, done) => {
  serveFilters(app);

  app.get(
    '/nwfilters',
    {
      schema: {
        operationId: 'listNwfilters',
        tags: ['nwfilters'],
        summary: 'All network filters, in order of their names',
        querystring: ListQuery,
        response: { 200: ref(NwfilterList), ...problemResponses(400, 500, 501, 502, 503, 504) },
      },
    },
    async ({ query }, reply) => {
      const facts = await withDeadline(
        deadlines.read,
        'Listing the filters',
        readFacts(app.libvirt.connection),
      );
      const { managed } = query;
      const matching = listOf(facts).filter((filter) => managed === undefined || filter.managed === managed);
      return reply.send(pageOf(matching, ({ name }) => name, query));
    },
  );

  app.post(
    '/nwfilters',
    {
      config: { idempotent: true, etag: true },
      schema: {
        operationId: 'createNwfilter',
        tags: ['nwfilters'],
        summary: 'Define a network filter, of JSON or of libvirt’s XML',
        description:
          'Checked by the service and by libvirt’s schema. Refused is also what libvirt would take and then ignore, for such a ' +
          'rule matches more than it says. What is wrong in XML is named by an XPath.',
        body: filterBody,
        response: {
          201: {
            description: 'Defined',
            headers: { location: { type: 'string', description: 'where the filter is' } },
            content: { 'application/json': { schema: ref(Nwfilter) } },
          },
          ...problemResponses(400, 409, 413, 415, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async ({ body }, reply) => {
      const filter = readFilter(body);
      const created = createFilter(app.vmContext(), filter);
      const view = await withDeadline(deadlines.change, 'Defining the filter', created);
      return reply.code(201).header('location', `/v1/nwfilters/${view.name}`).send(view);
    },
  );

  app.get(
    '/nwfilters/:name',
    {
      config: { etag: true },
      schema: {
        operationId: 'getNwfilter',
        tags: ['nwfilters'],
        summary: 'One network filter, as JSON or as libvirt’s XML',
        description:
          'While libvirt replaces a filter it tells nobody of any: until that is done, this is what it told before.',
        params: NwfilterParams,
        response: {
          200: {
            description: 'The filter, as the header Accept wants it',
            content: { 'application/json': { schema: ref(Nwfilter) }, ...asXml },
          },
          ...problemResponses(400, 404, 500, 501, 502, 503, 504),
        },
      },
    },
    async (request, reply) => {
      const facts = await withDeadline(
        deadlines.read,
        'Reading the filter',
        readFacts(app.libvirt.connection),
      );
      return answerFilter(
        request,
        reply,
        viewOf(facts, request.params.name),
        xmlOf(facts, request.params.name),
      );
    },
  );
  done();
};
export default nwfilters;
