import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { problemResponses } from '../schemas/problem.js';

/** How long libvirt may take to say whether its filters are there, ms. */
const readyDeadlineMs = 5000;
const Status = Type.Object({ status: Type.Enum(['ok']) });

const health: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        tags: ['health'],
        summary: 'The process is alive',
        security: [],
        response: { 200: Status, ...problemResponses(500) },
      },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'getReadiness',
        tags: ['health'],
        summary: 'libvirt is connected and the network filters exist',
        security: [],
        response: { 200: Status, ...problemResponses(500, 503, 504) },
      },
    },
    async () => {
      const { connection } = app.libvirt;
      await withDeadline(
        readyDeadlineMs,
        'Looking at the network filters',
        app.shippedFilters.demand(connection),
      );
      return { status: 'ok' as const };
    },
  );
  done();
};
export default health;
