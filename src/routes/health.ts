import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { withDeadline } from '../libvirt/session.js';
import { problemResponses } from '../schemas/problem.js';

/** How long libvirt may take to say whether its filters are there, ms. */
const readyDeadlineMs = 5000;
const Status = Type.Object({ status: Type.Enum(['ok']) });

const health: FastifyPluginCallbackTypebox = (app, _options, done) => {
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const { connection } = app.libvirt;
    const demand = app.shippedFilters.demand(connection);
    await withDeadline(readyDeadlineMs, 'Looking at the network filters', demand);
  };

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
      // anyone may ask, as often as they like: those who ask at the same time get the same answer
      looking ??= look().finally(() => (looking = undefined));
      await looking;
      return { status: 'ok' as const };
    },
  );
  done();
};
export default health;
