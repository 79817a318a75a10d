import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { limitConnections } from '../limits/connections.js';
import { demandShallow } from '../limits/nesting.js';
import { UnderWay } from '../limits/under-way.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Never refused for being asked too often: who supervises the service would take it for dead. */
    unlimited?: boolean;
    /** Answered for as long as somebody reads; it has limits of its own. */
    endless?: boolean;
  }
}

/** How much of the service a caller may take, so that there is some for others. Comes after `access`, which says who it is. */
export default fp(
  (app, _options, done) => {
    const underWay = new UnderWay();
    const ends = new WeakMap<FastifyRequest, () => void>();
    limitConnections(app.server);

    app.addHook('onRequest', async ({ caller, ip, routeOptions }) => {
      if (caller) await app.rates.ask(caller.key);
      else if (!routeOptions.config.unlimited) await app.rates.askUnknown(ip);
    });
    app.addHook('preValidation', (request, _reply, next) => {
      demandShallow(request.body);
      next();
    });
    // Its body is there by now: a slow one takes nobody's place.
    app.addHook('preHandler', (request, _reply, next) => {
      const { caller, routeOptions } = request;
      if (caller && !routeOptions.config.endless) ends.set(request, underWay.begin(caller.key));
      next();
    });
    // Not onResponse: the work goes on when the client goes away.
    app.addHook('onSend', (request, _reply, payload, next) => {
      ends.get(request)?.();
      next(null, payload);
    });
    done();
  },
  { name: 'limits', dependencies: ['access'] },
);
