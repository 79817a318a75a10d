import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { withDeadline } from '../libvirt/session.js';
import { previewOf } from '../nwfilters/preview.js';
import { readFacts } from '../nwfilters/read.js';
import { NwfilterPreview, PreviewQuery } from '../schemas/nwfilter-preview.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { serveFilters } from './nwfilter-body.js';
import { NwfilterParams } from './nwfilters.js';
import { deadlines } from './vms.js';

const nwfilterPreview: FastifyPluginCallbackTypebox = (app, _options, done) => {
  serveFilters(app);

  app.get(
    '/nwfilters/:name/preview',
    {
      schema: {
        operationId: 'previewNwfilter',
        tags: ['nwfilters'],
        summary: 'The rules that a NIC would get, in order of evaluation',
        description:
          'As libvirt would make them of the filter and all that it refers to. Beside the parameters that are named here, any variable ' +
          'of the filter can be given by its name (`?PORT=80`); one that is repeated is a list (`?IP=10.0.0.1&IP=10.0.0.2`). A ' +
          'variable that the filter does not use is refused, one that it needs must be given. Nothing is changed.',
        params: NwfilterParams,
        querystring: PreviewQuery,
        response: {
          200: ref(NwfilterPreview),
          ...problemResponses(400, 404, 422, 500, 501, 502, 503, 504),
        },
      },
    },
    async ({ params, query }, reply) => {
      const facts = await withDeadline(
        deadlines.read,
        'Reading the filter',
        readFacts(app.libvirt.connection),
      );
      return reply.send(previewOf(facts, params.name, query));
    },
  );
  done();
};
export default nwfilterPreview;
