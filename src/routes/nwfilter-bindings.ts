import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { pageOf, PageQuery } from '../http/page.js';
import { withDeadline } from '../libvirt/session.js';
import { findBinding, listBindings } from '../nwfilters/bindings.js';
import { NwfilterBinding, NwfilterBindingList } from '../schemas/nwfilter.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { PrintableText } from '../schemas/text.js';
import { serveFilters } from './nwfilter-body.js';
import { deadlines } from './vms.js';

const Params = Type.Object({ port: PrintableText(15, 'a tap') });

const nwfilterBindings: FastifyPluginCallbackTypebox = (app, _options, done) => {
  serveFilters(app);

  app.get(
    '/nwfilter-bindings',
    {
      schema: {
        operationId: 'listNwfilterBindings',
        tags: ['nwfilters'],
        summary: 'The ports of running VMs that have a filter, in order of their names',
        querystring: PageQuery,
        response: { 200: ref(NwfilterBindingList), ...problemResponses(400, 500, 501, 502, 503, 504) },
      },
    },
    async ({ query }) => {
      const all = listBindings(app.libvirt.connection);
      return pageOf(
        await withDeadline(deadlines.read, 'Listing the bindings', all),
        ({ port }) => port,
        query,
      );
    },
  );

  app.get(
    '/nwfilter-bindings/:port',
    {
      config: { etag: true },
      schema: {
        operationId: 'getNwfilterBinding',
        tags: ['nwfilters'],
        summary: 'The filter of one port',
        params: Params,
        response: { 200: ref(NwfilterBinding), ...problemResponses(400, 404, 500, 501, 502, 503, 504) },
      },
    },
    ({ params }) =>
      withDeadline(deadlines.read, 'Reading the binding', findBinding(app.libvirt.connection, params.port)),
  );
  done();
};
export default nwfilterBindings;
