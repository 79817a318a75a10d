import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import { withDeadline } from '../libvirt/session.js';
import { Host } from '../schemas/host.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { deadlines } from './vms.js';

const host: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/host',
    {
      schema: {
        operationId: 'getHost',
        tags: ['host'],
        summary: 'The host, and what the service may not do there',
        description: 'Answered without libvirt, too: then what only libvirt knows is absent.',
        response: { 200: ref(Host), ...problemResponses(400, 500, 502, 503, 504) },
      },
    },
    () => withDeadline(deadlines.read, 'Looking at the host', app.readHost()),
  );
  done();
};
export default host;
