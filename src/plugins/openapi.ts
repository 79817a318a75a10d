import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply } from 'fastify';
import fp from 'fastify-plugin';
import { version } from '../version.js';

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/**
 * The OpenAPI document, made of the routes' schemas, and Swagger UI over it. Anyone may ask for it, and not take the answer: so it
 * is the same bytes for all, of which no connection holds its own.
 */
export default fp(
  async (app) => {
    const json = once(() => Buffer.from(JSON.stringify(app.swagger())));
    const yaml = once(() => Buffer.from(app.swagger({ yaml: true })));
    const sendJson = (reply: FastifyReply): FastifyReply =>
      reply.type('application/json; charset=utf-8').send(json());

    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'virtwarden',
          version,
          description: 'Virtual machines on a KVM host whose network filters are in force, and shown to be.',
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        servers: [{ url: '/' }],
        tags: [
          { name: 'vms', description: 'Virtual machines' },
          { name: 'nics', description: 'Network interfaces and their filters' },
          { name: 'nwfilters', description: 'Network filters, and the ports that they are in force on' },
          { name: 'enforcement', description: 'What the kernel really enforces, and how it is put right' },
          { name: 'operations', description: 'Long work' },
          { name: 'config', description: 'The policy' },
          { name: 'host', description: 'What the host has, and what the service may do there' },
          { name: 'audit', description: 'Who changed what' },
          { name: 'tokens', description: 'Who may use the API' },
          { name: 'events', description: 'What happens, as it happens' },
          { name: 'health', description: 'For load balancers and supervisors' },
        ],
        components: {
          securitySchemes: {
            token: {
              type: 'http',
              scheme: 'bearer',
              description:
                'the token that the first start put into a file, or one made with it; who is known by a certificate ' +
                '(VIRTWARDEN_TLS_CLIENTS), or as a user of the host on a unix socket (VIRTWARDEN_SOCKET_PEERS), needs none',
            },
          },
        },
        security: [{ token: [] }],
      },
      // the component's name is the schema's $id
      refResolver: {
        buildLocalReference: (json, _baseUri, _fragment, i) =>
          typeof json.$id === 'string' ? json.$id : `def-${i}`,
      },
    });
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      uiConfig: { persistAuthorization: true },
      uiHooks: {
        preHandler: (request, reply, next) => {
          const { url } = request.routeOptions;
          if (url === '/docs/json') sendJson(reply);
          else if (url === '/docs/yaml') reply.type('application/x-yaml').send(yaml());
          else next();
        },
      },
    });
    app.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => sendJson(reply));
  },
  { name: 'openapi' },
);
