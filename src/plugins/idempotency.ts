import type { FastifyRequest, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import { hashJson } from '../http/canonical.js';
import { type Answer, IdempotencyCache } from '../http/idempotency.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route creates something, and heeds the header Idempotency-Key. The document says so. */
    idempotent?: boolean;
  }
  interface FastifyRequest {
    /** Under which key the answer to this request is to be remembered. */
    idempotencyScope: string | undefined;
  }
}

const header = 'idempotency-key';
const keySchema = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[!-~]+$',
  description:
    'A key of the client’s choice. The same request with the same key gets the first answer again, with the header ' +
    'Idempotency-Replayed; another request with it is 422. Keys are remembered for a day, at most 1,000, in memory: a ' +
    'restart of the service forgets them. Answers of 429 and 5xx are not remembered.',
};
/** What of an answer's headers is given again. */
const replayed = ['content-type', 'location', 'etag'];

function document(route: RouteOptions): void {
  const headers = (route.schema?.headers ?? { type: 'object' }) as { properties?: object };
  route.schema = {
    ...route.schema,
    headers: { ...headers, properties: { ...headers.properties, 'Idempotency-Key': keySchema } },
  };
}

/** A key belongs to its caller and to the path; the time that one would wait is not part of what is asked for. */
function scopeAndFingerprint({ caller, method, url, query, body }: FastifyRequest, key: string): string[] {
  const asked = Object.entries(query as object).filter(([name]) => name !== 'wait');
  return [
    JSON.stringify([caller?.key, method, url.split('?')[0], key]),
    hashJson({ query: Object.fromEntries(asked), body }),
  ];
}

/** Answers a request that is sent again under its key as it was answered the first time. */
export default fp(
  (app, _options, done) => {
    const cache = new IdempotencyCache();
    app.decorateRequest('idempotencyScope', undefined);
    app.addHook('onRoute', (route) => {
      if (route.config?.idempotent) document(route);
    });

    app.addHook('preHandler', async (request, reply) => {
      const key = request.headers[header];
      if (!request.routeOptions.config.idempotent || typeof key !== 'string') return;
      const [scope = '', fingerprint = ''] = scopeAndFingerprint(request, key);
      const first = await cache.begin(scope, fingerprint);
      if (!first) {
        request.idempotencyScope = scope;
        return;
      }
      request.log.info('a request that came again gets the first answer');
      await reply
        .code(first.status)
        .headers({ ...first.headers, 'idempotency-replayed': 'true' })
        .send(Buffer.from(first.body));
    });

    // Not onResponse: a client that goes away does not end the work, and must not begin it a second time.
    app.addHook('onSend', (request, reply, payload, next) => {
      const scope = request.idempotencyScope;
      if (scope !== undefined) {
        const { statusCode: status } = reply;
        const names = replayed.filter((name) => reply.hasHeader(name));
        const headers = Object.fromEntries(names.map((name) => [name, String(reply.getHeader(name))]));
        const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : '';
        const answer: Answer = { status, headers, body };
        cache.settle(scope, status >= 500 || status === 429 ? undefined : answer);
      }
      next(null, payload);
    });
    done();
  },
  { name: 'idempotency', dependencies: ['access'] },
);
