import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { demandMatch, etagOf } from '../http/etag.js';
import { withDeadline } from '../libvirt/session.js';
import { removeFilter } from '../nwfilters/remove.js';
import { replaceFilter } from '../nwfilters/replace.js';
import { ifMatch } from '../plugins/etag.js';
import { Nwfilter } from '../schemas/nwfilter.js';
import { Operation, operationResponses, WaitQuery } from '../schemas/operation.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { serveFilters, demandName, filterBody, readFilter } from './nwfilter-body.js';
import { NwfilterParams } from './nwfilters.js';
import { deadlines } from './vms.js';

const withIfMatch = { type: 'object', properties: { 'If-Match': ifMatch } };
const changing = problemResponses(400, 404, 409, 412, 413, 415, 422, 500, 501, 502, 503, 504);

const nwfilterChange: FastifyPluginCallbackTypebox = (app, _options, done) => {
  serveFilters(app);

  app.put(
    '/nwfilters/:name',
    {
      schema: {
        operationId: 'putNwfilter',
        tags: ['nwfilters'],
        summary: 'Replace a network filter; it keeps its UUID',
        description:
          'The answer is the filter when no running NIC has rules of it, else an operation: libvirt takes up to a second for ' +
          'each such NIC, and changes all of them or none, without a gap. Meanwhile reads are answered, of filters as they ' +
          'were before; other changes of filters, and starts of VMs with filters, wait.',
        params: NwfilterParams,
        querystring: WaitQuery,
        headers: withIfMatch,
        body: filterBody,
        response: {
          ...operationResponses,
          200: {
            description:
              'The filter; or, where running NICs use it, the operation that ended within the wait',
            headers: {
              location: { type: 'string', description: 'where the operation is, if there is one' },
              etag: { type: 'string', description: "the filter's entity tag, if it is the answer" },
            },
            content: { 'application/json': { schema: { anyOf: [ref(Nwfilter), ref(Operation)] } } },
          },
          ...changing,
        },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const filter = readFilter(body);
      demandName(body, filter, params.name);
      const replaced = await withDeadline(
        deadlines.change,
        'Replacing the filter',
        replaceFilter(app.vmContext(), filter, (current, xml) => demandMatch(request, current, xml)),
      );
      if ('done' in replaced) return reply.header('etag', etagOf(replaced.done)).send(replaced.done);
      const operation = app.operations.run('nwfilter.replace', undefined, replaced.work);
      return reply.send(await app.answerOperation(request, reply, operation));
    },
  );

  app.delete(
    '/nwfilters/:name',
    {
      schema: {
        operationId: 'deleteNwfilter',
        tags: ['nwfilters'],
        summary: 'Delete a network filter that nobody uses',
        params: NwfilterParams,
        headers: withIfMatch,
        response: { 204: { type: 'null', description: 'It is gone' }, ...changing },
      },
    },
    async (request, reply) => {
      const removed = removeFilter(app.vmContext(), request.params.name, (current, xml) =>
        demandMatch(request, current, xml),
      );
      await withDeadline(deadlines.change, 'Deleting the filter', removed);
      return reply.code(204).send(null);
    },
  );
  done();
};
export default nwfilterChange;
