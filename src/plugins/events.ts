import fp from 'fastify-plugin';
import { EventBus } from '../events/bus.js';
import { EventReaders } from '../events/readers.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Where all tell what happens. */
    events: EventBus;
    eventReaders: EventReaders;
  }
}

const heartbeatMs = 15_000;

/** The events of the service and its host, and those who read them. */
export default fp(
  (app, _options, done) => {
    const events = new EventBus();
    const readers = new EventReaders(events);
    app.decorate('events', events);
    app.decorate('eventReaders', readers);
    const timer = setInterval(() => readers.beat(), heartbeatMs);
    // The server closes only when nobody reads any more.
    app.addHook('preClose', (next) => {
      clearInterval(timer);
      readers.finish();
      next();
    });
    done();
  },
  { name: 'events' },
);
