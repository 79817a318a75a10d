import type { Socket } from 'node:net';
import type { FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import type { Authentication } from '../access/authentication.js';
import type { Caller } from '../access/caller.js';
import { isAtLeast, mayTrust } from '../access/grant.js';
import { type Access, accessOf, metricsRoute } from '../access/routes.js';
import { Problem } from '../errors.js';
import type { RequestRates } from '../limits/rates.js';
import { problemResponses } from '../schemas/problem.js';
import type { TokenStore } from '../state/tokens.js';

declare module 'fastify' {
  interface FastifyInstance {
    tokens: TokenStore;
    authentication: Authentication;
    rates: RequestRates;
  }
  interface FastifyRequest {
    /** Who asks; undefined only where anyone may. */
    caller: Caller | undefined;
    /** Whether the caller may leave a NIC without its filters. */
    readonly mayTrust: boolean;
  }
  interface FastifyContextConfig {
    /** Who may use the route, as the table has it. */
    access?: Access;
  }
}

export interface AccessOptions {
  authentication: Authentication;
  rates: RequestRates;
  metricsAccess: 'viewer' | 'anyone';
}

/** What may be answered before a route has the request. */
function document(route: RouteOptions, access: Access): void {
  const { description, response, ...schema } = (route.schema ?? {}) as Record<string, unknown>;
  const [needs, statuses] = access === 'anyone' ? ['', []] : [`Needs the role ${access}.`, [401]];
  const said = [description, needs].filter((text) => typeof text === 'string' && text !== '').join(' ');
  route.schema = {
    ...schema,
    ...(said !== '' && { description: said }),
    response: { ...(response as object), ...problemResponses(...statuses, 403, 408, 421, 429, 431) },
  };
}

/** Lets in those who may use a route, as the table of access/routes.ts has it, and nobody else. */
export default fp<AccessOptions>(
  (app, { authentication, rates, metricsAccess }, done) => {
    app.decorate('tokens', authentication.tokens);
    app.decorate('authentication', authentication);
    app.decorate('rates', rates);
    app.decorateRequest('caller', undefined);
    app.decorateRequest('mayTrust', {
      getter(this: FastifyRequest) {
        return this.caller !== undefined && mayTrust(this.caller);
      },
    });

    app.server.on('connection', (socket: Socket) => authentication.peers?.connected(socket));
    app.addHook('onRoute', (route) => {
      const [needed = 'admin'] = [route.method].flat().map((method) => accessOf(method, route.url));
      const access = route.url === metricsRoute ? metricsAccess : needed;
      // a HEAD route is made of its GET route
      if (route.config?.access !== undefined) return;
      route.config = { ...route.config, access };
      document(route, access);
    });

    app.addHook('onRequest', async (request) => {
      const { access } = request.routeOptions.config;
      if (request.is404 || access === 'anyone') return;
      let caller: Caller;
      try {
        caller = authentication.callerOf(request);
      } catch (error) {
        await rates.refuse(request.ip);
        throw error;
      }
      request.caller = caller;
      request.log = request.log.child({ caller: caller.name });
      if (access !== undefined && isAtLeast(caller.role, access)) return;
      // also where nobody has said who may use the route
      await rates.overstep(caller.key);
      throw new Problem(
        'forbidden',
        `This needs the role ${access ?? 'of nobody'}; ${caller.name} has the role ${caller.role}.`,
      );
    });
    done();
  },
  { name: 'access', dependencies: ['problems'] },
);
