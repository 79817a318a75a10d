import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { isRead } from '../http/request-line.js';
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

/** Once the last of an answer is the system's, or its connection is gone: then an answer that is not its turn yet says nothing. */
function whenTaken(answer: ServerResponse, socket: Socket, tell: () => void): void {
  const end = (): void => {
    answer.off('finish', end);
    socket.off('close', end);
    tell();
  };
  if (socket.destroyed) {
    tell();
    return;
  }
  socket.setMaxListeners(0); // as many requests may be waiting on it
  answer.once('finish', end);
  socket.once('close', end);
}

/** How much of the service a caller may take, so that there is some for others. Comes after `access`, which says who it is. */
export default fp(
  (app, _options, done) => {
    const underWay = new UnderWay();
    const ends = new WeakMap<FastifyRequest, () => void>();
    limitConnections(app.server);

    app.addHook('onRequest', async ({ caller, ip, method, routeOptions }) => {
      if (caller) await app.rates.ask(caller.key, { changes: !isRead(method) });
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
    // When the work is done, which goes on when the client goes away, and the answer taken, which is held for it until then.
    app.addHook('onSend', (request, reply, payload, next) => {
      const end = ends.get(request);
      if (end) whenTaken(reply.raw, request.raw.socket, end);
      next(null, payload);
    });
    done();
  },
  { name: 'limits', dependencies: ['access'] },
);
