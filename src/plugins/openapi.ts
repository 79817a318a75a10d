import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fp from 'fastify-plugin';
import { version } from '../version.js';

/** The OpenAPI document, made of the routes' schemas, and Swagger UI over it. */
export default fp(
  async (app) => {
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
              description: 'the token that the first start put into a file',
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
    });
    app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  },
  { name: 'openapi' },
);
