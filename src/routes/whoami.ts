import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../errors.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { Whoami } from '../schemas/whoami.js';

const whoami: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/whoami',
    {
      schema: {
        operationId: 'getWhoami',
        tags: ['tokens'],
        summary: 'Who asks, and what they may do: a client need not offer more',
        response: { 200: ref(Whoami), ...problemResponses(500) },
      },
    },
    ({ caller, mayTrust }) => {
      if (!caller) throw new Problem('unauthorized', 'Nobody asks.');
      const { name, role, via } = caller;
      return { name, role, trust: mayTrust, via };
    },
  );
  done();
};
export default whoami;
