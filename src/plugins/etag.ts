import type { RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { etagOf, isKnown } from '../http/etag.js';
import { isRead } from '../http/request-line.js';
import { problemResponses } from '../schemas/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The route is that of a single resource. Its representation in a 200 or 201 gets its entity tag, and GET heeds
     * If-None-Match. A route that changes the resource calls `demandMatch` under its lock. The document says all that.
     */
    etag?: boolean;
  }
}

const etagHeader = { etag: { type: 'string', description: "the representation's entity tag, strong" } };
const ifNoneMatch = {
  type: 'string',
  description: 'entity tags that the client has: 304 when one is current',
};
export const ifMatch = {
  type: 'string',
  description: 'the entity tag that the change is meant for: 412 when it is stale',
};

interface Documented {
  headers?: { properties?: object };
  response?: Record<string, { content?: object; headers?: object; description?: string }>;
}

/** Says in a route's schema what the plugin adds to it. */
function document(route: RouteOptions): void {
  const schema = (route.schema ?? {}) as Documented;
  const read = [route.method].flat().some(isRead);
  const response = { ...schema.response };
  for (const status of ['200', '201']) {
    const answer = response[status];
    if (!answer) continue;
    response[status] = answer.content
      ? { ...answer, headers: { ...answer.headers, ...etagHeader } }
      : { description: 'Success', headers: etagHeader, content: { 'application/json': { schema: answer } } };
  }
  const more = read ? { 304: { type: 'null', description: 'The client has it' } } : problemResponses(412);
  const own = read ? { 'If-None-Match': ifNoneMatch } : { 'If-Match': ifMatch };
  const creates = [route.method].flat().includes('POST');
  route.schema = {
    ...schema,
    ...(!creates && {
      headers: { type: 'object', ...schema.headers, properties: { ...schema.headers?.properties, ...own } },
    }),
    response: { ...response, ...(!creates && more) },
  };
}

/**
 * Entity tags of single resources. @fastify/etag would hash the bytes of an answer, which a change cannot compare with
 * before it is made, and it knows neither If-Match nor lists of tags.
 */
export default fp(
  (app, _options, done) => {
    app.addHook('onRoute', (route) => {
      if (route.config?.etag && !(route.schema as Documented | undefined)?.response?.['304']) document(route);
    });
    app.addHook('preSerialization', (request, reply, payload, next) => {
      const success = reply.statusCode === 200 || reply.statusCode === 201;
      if (request.routeOptions.config.etag && success && !reply.hasHeader('etag')) {
        reply.header('etag', etagOf(payload));
      }
      next(null, payload);
    });
    app.addHook('onSend', (request, reply, payload, next) => {
      const etag = reply.getHeader('etag');
      const read = isRead(request.method) && reply.statusCode === 200;
      if (!read || typeof etag !== 'string' || !isKnown(request.headers['if-none-match'], etag)) {
        next(null, payload);
        return;
      }
      reply.code(304).removeHeader('content-type').removeHeader('content-length');
      next(null, null);
    });
    done();
  },
  { name: 'etag' },
);
