import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { problemResponses } from '../schemas/problem.js';
import { deadlines } from './vms.js';

const metrics: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        tags: ['enforcement'],
        summary: 'Verdicts, dropped frames and repairs, for Prometheus',
        description: 'Read from libvirt and from the kernel at the moment of asking.',
        response: {
          200: {
            description: "Prometheus' text format",
            content: { 'text/plain': { schema: Type.String() } },
          },
          ...problemResponses(500, 502, 503, 504),
        },
      },
    },
    async (_request, reply) => {
      const verdicts = app.libvirt.connected
        ? await withDeadline(deadlines.read, 'Reading the rules of all NICs', app.hostVerdicts())
        : undefined;
      return reply.type(app.metrics.contentType).send(await app.metrics.text(verdicts));
    },
  );
  done();
};
export default metrics;
