import type { FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import type { Caller } from '../access/caller.js';
import { isAtLeast, mayTrust } from '../access/grant.js';
import { type Access, accessOf } from '../access/routes.js';
import { Problem } from '../errors.js';
import { problemResponses } from '../schemas/problem.js';
import type { TokenStore } from '../state/tokens.js';

declare module 'fastify' {
  interface FastifyInstance {
    tokens: TokenStore;
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

/** @throws Problem unauthorized */
function callerOf(tokens: TokenStore, { headers: { authorization } }: FastifyRequest): Caller {
  if (authorization === undefined)
    throw new Problem('unauthorized', 'The request needs the header "Authorization: Bearer TOKEN".');
  const [, token] = /^Bearer ([!-~]+)$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new Problem('unauthorized', 'The header Authorization must be "Bearer TOKEN".');
  const found = tokens.find(token);
  if (!found) throw new Problem('unauthorized', 'The token is not valid.');
  if (found.expired) throw new Problem('unauthorized', `The token ${found.caller.name} has expired.`);
  return found.caller;
}

/** What every route says that not anyone may use. */
function document(route: RouteOptions, access: Access): void {
  const { description, response, ...schema } = (route.schema ?? {}) as Record<string, unknown>;
  const needs = `Needs the role ${access}.`;
  route.schema = {
    ...schema,
    description: typeof description === 'string' ? `${description} ${needs}` : needs,
    response: { ...(response as object), ...problemResponses(401, 403) },
  };
}

/** Lets in those who may use a route, as the table of access/routes.ts has it, and nobody else. */
export default fp<{ tokens: TokenStore }>(
  (app, { tokens }, done) => {
    app.decorate('tokens', tokens);
    app.decorateRequest('caller', undefined);
    app.decorateRequest('mayTrust', {
      getter(this: FastifyRequest) {
        return this.caller !== undefined && mayTrust(this.caller);
      },
    });

    app.addHook('onRoute', (route) => {
      const [access = 'admin'] = [route.method].flat().map((method) => accessOf(method, route.url));
      // a HEAD route is made of its GET route
      if (route.config?.access !== undefined) return;
      route.config = { ...route.config, access };
      if (access !== 'anyone') document(route, access);
    });

    app.addHook('onRequest', (request, _reply, next) => {
      const { access } = request.routeOptions.config;
      if (request.is404 || access === 'anyone') {
        next();
        return;
      }
      try {
        request.caller = callerOf(tokens, request);
        request.log = request.log.child({ caller: request.caller.name });
        demandRole(request.caller, access);
        next();
      } catch (error) {
        next(error as Error);
      }
    });
    done();
  },
  { name: 'access', dependencies: ['problems'] },
);

/** A route of which nobody has said who may use it is for nobody. @throws Problem forbidden */
function demandRole({ name, role }: Caller, access: Access | undefined): void {
  if (access !== undefined && access !== 'anyone' && isAtLeast(role, access)) return;
  throw new Problem(
    'forbidden',
    `This needs the role ${access ?? 'of nobody'}; ${name} has the role ${role}.`,
  );
}
