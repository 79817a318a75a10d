import fp from 'fastify-plugin';
import { Problem } from '../errors.js';
import type { TokenVerifier } from '../state/tokens.js';

declare module 'fastify' {
  interface FastifyInstance {
    tokens: TokenVerifier;
  }
  interface FastifyRequest {
    /** The name of the token's holder; empty outside of what asks for a token. */
    holder: string;
  }
}

/** Lets only bearers of a known token into the scope that it is registered in. */
export default fp(
  (app, _options, done) => {
    app.decorateRequest('holder', '');
    app.addHook('onRequest', (request, _reply, next) => {
      const [, token] = /^Bearer ([!-~]+)$/i.exec(request.headers.authorization ?? '') ?? [];
      if (token === undefined) {
        next(new Problem('unauthorized', 'The request needs the header "Authorization: Bearer TOKEN".'));
        return;
      }
      const holder = app.tokens.verify(token);
      if (holder === undefined) next(new Problem('unauthorized', 'The token is not valid.'));
      else {
        request.holder = holder;
        request.log = request.log.child({ holder });
        next();
      }
    });
    done();
  },
  { name: 'auth', dependencies: ['problems'] },
);
