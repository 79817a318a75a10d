import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { problemResponses } from '../schemas/problem.js';
import { ref } from '../schemas/ref.js';
import { TokenCreated, TokenInput, TokenList } from '../schemas/token.js';

const Params = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, description: 'its id or its name' }),
});

const tokens: FastifyPluginCallbackTypebox = (app, _options, done) => {
  app.get(
    '/tokens',
    {
      schema: {
        operationId: 'listTokens',
        tags: ['tokens'],
        summary: 'All tokens, also those that have expired',
        response: { 200: ref(TokenList), ...problemResponses(400, 500) },
      },
    },
    () => ({ items: app.tokens.list() }),
  );

  app.post(
    '/tokens',
    {
      schema: {
        operationId: 'createToken',
        tags: ['tokens'],
        summary: 'Make a token; the answer is the only place that ever shows it',
        body: ref(TokenInput),
        response: {
          201: {
            description: 'Made',
            headers: { location: { type: 'string', description: 'where it can be revoked' } },
            content: { 'application/json': { schema: ref(TokenCreated) } },
          },
          ...problemResponses(400, 409, 413, 415, 500, 503),
        },
      },
    },
    async ({ body, log }, reply) => {
      const made = await app.tokens.create(body);
      log.info({ token: { id: made.id, name: made.name, role: made.role } }, 'a token was made');
      return reply
        .code(201)
        .headers({ location: `/v1/tokens/${made.id}`, 'cache-control': 'no-store' })
        .send(made);
    },
  );

  app.delete(
    '/tokens/:id',
    {
      schema: {
        operationId: 'revokeToken',
        tags: ['tokens'],
        summary: 'Revoke a token: from now on it lets nobody in, and who reads the events by it is cut off',
        params: Params,
        response: {
          204: { type: 'null', description: 'Revoked' },
          ...problemResponses(400, 404, 409, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { params, log } = request;
      const revoked = await app.tokens.revoke(params.id);
      request.before = revoked;
      const { id, name } = revoked;
      log.info({ token: { id, name } }, 'a token was revoked');
      return reply.code(204).send(null);
    },
  );
  done();
};
export default tokens;
