import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Problem } from '../errors.js';
import { withDeadline } from '../libvirt/session.js';
import { demandTakeable } from '../nwfilters/would-take.js';
import { NwfilterCheck } from '../schemas/nwfilter-check.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { demandName, filterBody, readFilter, serveFilters } from './nwfilter-body.js';
import { deadlines } from './vms.js';

const CheckQuery = Type.Object({
  replaces: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'the filter that it is to replace; absent: it is to be a new one',
    }),
  ),
});

/** Whatever there is to be checked: what is wrong with it is the answer. */
const anyBody = {
  content: {
    ...filterBody.content,
    'application/json': { schema: { type: 'object', description: 'a NwfilterInput, if it is right' } },
  },
};

const nwfilterCheck: FastifyPluginCallbackTypebox = (app, _options, done) => {
  serveFilters(app);

  app.post(
    '/nwfilters/check',
    {
      config: { changesNothing: true },
      schema: {
        operationId: 'checkNwfilter',
        tags: ['nwfilters'],
        summary: 'What is wrong with a network filter, before it is defined',
        description:
          'For editors: as POST and PUT would say it, but as an answer, and nothing is changed. What only libvirt’s schema knows is told ' +
          'when the filter is defined.',
        querystring: CheckQuery,
        body: anyBody,
        response: {
          200: ref(NwfilterCheck),
          ...problemResponses(400, 413, 415, 500, 501, 502, 503, 504),
        },
      },
    },
    async ({ body, query: { replaces } }, reply) => {
      try {
        const filter = readFilter(body);
        if (replaces !== undefined) demandName(body, filter, replaces);
        const check = demandTakeable(app.vmContext(), filter, { replaces: replaces !== undefined });
        await withDeadline(deadlines.read, 'Checking the filter', check);
        return await reply.send({ name: filter.name, errors: [] });
      } catch (error) {
        if (!(error instanceof Problem) || error.status >= 500) throw error;
        return reply.send({ errors: error.errors ?? [{ path: '', message: error.message }] });
      }
    },
  );
  done();
};
export default nwfilterCheck;
