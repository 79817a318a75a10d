import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problemResponses } from '../schemas/problem.js';

const Status = Type.Object({ status: Type.Enum(['ok']) });

const health: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/healthz',
    {
      config: { unlimited: true },
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
      config: { unlimited: true },
      schema: {
        operationId: 'getReadiness',
        tags: ['health'],
        summary: 'libvirt is connected and the network filters exist',
        security: [],
        response: { 200: Status, ...problemResponses(500, 503, 504) },
      },
    },
    async () => {
      await app.demandReady();
      return { status: 'ok' as const };
    },
  );
  done();
};
export default health;
