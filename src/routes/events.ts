import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { selectionOf } from '../events/selection.js';
import { ServiceEvent } from '../schemas/event.js';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';

const EventQuery = Type.Object({
  types: Type.Optional(
    Type.String({
      maxLength: 1024,
      description: 'only these types, or groups of them, with commas between',
      examples: ['vm.*,spoof.dropped'],
    }),
  ),
});
const eventHeaders = {
  type: 'object',
  properties: {
    'Last-Event-ID': {
      type: 'string',
      maxLength: 128,
      description: 'the last event that the client has: those after it come first',
    },
  },
};

const events: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/events',
    {
      config: { endless: true },
      exposeHeadRoute: false, // there is no end that a HEAD could wait for
      schema: {
        operationId: 'streamEvents',
        tags: ['events'],
        summary: 'What happens, as it happens: server-sent events',
        description:
          'Begins with what happens from now on; with Last-Event-ID, with what came after that. Where that is not known any ' +
          'more, events.lost says so and all that is known follows: the last 1,000 events of this run of the service, at ' +
          'most 2 MiB. A reader that falls further behind is ended with events.closed.',
        querystring: EventQuery,
        headers: eventHeaders,
        response: {
          200: {
            description: 'A stream without end, whose messages have such an event each',
            content: { 'text/event-stream': { schema: ref(ServiceEvent) } },
          },
          ...problemResponses(400, 429, 500),
        },
      },
    },
    (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      const reader = app.eventReaders.open({
        selected: selectionOf(request.query.types),
        caller: request.caller?.key ?? '',
        isAllowed: () => app.authentication.stillHolds(request),
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        response: reply.raw,
      });
      // the connection is of no further use, and must not hold up the end of the service
      return reply
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' })
        .type('text/event-stream')
        .send(reader);
    },
  );
  done();
};
export default events;
