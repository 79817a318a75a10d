import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { fieldProblem, Problem } from '../errors.js';

export interface SameSiteOptions {
  /** The names under which the service is known, beside addresses and localhost; undefined: whatever a client says. */
  hostNames: readonly string[] | undefined;
}

/** The name in a Host header, without its port; undefined for what is none. */
function nameIn(host: string | undefined): string | undefined {
  const [, address, name] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host ?? '') ?? [];
  return (address ?? name)?.toLowerCase();
}

/**
 * A page on another site must not reach the API through a browser on this host, nor read what it answers: there are no CORS
 * headers, what a browser sends for another site is refused, and so is a name that is not the service's, since whose name it
 * is may have it point here (DNS rebinding). What no browser sends is not touched.
 */
export default fp<SameSiteOptions>(
  (app, { hostNames }, done) => {
    const known = new Set(hostNames?.map((name) => name.toLowerCase()));

    function demandHost({ headers: { host }, raw }: FastifyRequest): void {
      if (host === undefined && raw.httpVersion === '1.1')
        throw fieldProblem('invalid-request', 'headers/Host', 'is required');
      if (hostNames === undefined) return;
      const name = nameIn(host);
      if (name !== undefined && (isIP(name) !== 0 || name === 'localhost' || known.has(name))) return;
      throw new Problem(
        'host-not-known',
        `The header Host says ${JSON.stringify(host ?? '')}, which is not a name of this service: VIRTWARDEN_HOST_NAMES has them.`,
      );
    }

    app.addHook('onRequest', (request, reply, next) => {
      reply.headers({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      try {
        demandHost(request);
        demandSameSite(request);
        next();
      } catch (error) {
        next(error as Error);
      }
    });
    done();
  },
  { name: 'same-site', dependencies: ['problems'] },
);

function demandSameSite({ headers, protocol, method, routeOptions }: FastifyRequest): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const sameOrigin =
    origin === undefined || origin.toLowerCase() === `${protocol}://${(host ?? '').toLowerCase()}`;
  if (sameOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return;
  // a link on another page may lead to the documentation
  const follows = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (sameOrigin && follows && routeOptions.config.access === 'anyone') return;
  throw new Problem('cross-site', 'A page of another site may not use the API.');
}
