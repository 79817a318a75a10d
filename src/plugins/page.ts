import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';

/** Where `npm run build:service` puts it, as seen from src/plugins and from dist/cli. */
const built = new URL('../../dist/web/', import.meta.url).pathname;

/** What the page may do in a browser: nothing but with what comes from here, and inside of nobody's frame. */
const contentSecurityPolicy = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'font-src', 'connect-src'].map((kind) => `${kind} 'self'`),
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

function secure(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    vary: 'accept-encoding',
  });
}

/**
 * The page for people. It is the same for all, and holds nothing of the host: what it shows it asks the API for, with the
 * token of who looks. Its files have hashes in their names, so that browsers keep them for good; `/` is asked for each time.
 */
const page: FastifyPluginAsync<{ root?: string }> = async (app, { root = built }) => {
  app.addHook('onSend', (_request, reply, payload, next) => {
    secure(reply);
    next(null, payload);
  });
  await app.register(fastifyStatic, {
    root: `${root}assets`,
    prefix: '/assets/',
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: '365d',
    suppressWarning: true, // where nothing is built, as for unit tests, there is no page
  });
  app.get('/', { schema: { hide: true } }, (_request, reply) =>
    reply.header('cache-control', 'no-cache').sendFile('index.html', root, { cacheControl: false }),
  );
};
export default page;
