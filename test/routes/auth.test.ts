import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import t from 'tap';
import { ask, connectedApp, problemOf, token } from '../helpers/app.js';

/** Every route that is registered, also those that no document shows. */
const routes: { method: HTTPMethods; url: string }[] = [];
const listen = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
};
diagnostics.subscribe('fastify.initialization', listen);
const app = await connectedApp(t);
diagnostics.unsubscribe('fastify.initialization', listen);

const isClosed = ({ url }: { url: string }) => url.startsWith('/v1') || url === '/metrics';
const inV1 = routes.filter(isClosed);
const outside = routes.filter((route) => !isClosed(route));

await t.test('what anybody may see is this and no more', (t) => {
  const urls = new Set(outside.map(({ url }) => url.replace(/^\/docs(\/.*)?$/, '/docs…')));
  t.strictSame([...urls].sort(), ['/docs…', '/healthz', '/openapi.json', '/readyz']);
  t.ok(outside.every(({ method }) => ['GET', 'HEAD', 'OPTIONS'].includes(method)));
  t.end();
});

const wrong: Record<string, Record<string, string>> = {
  'no token': {},
  'an empty header': { authorization: '' },
  'a scheme without a token': { authorization: 'Bearer' },
  'a scheme and a space': { authorization: 'Bearer ' },
  'a wrong token': { authorization: 'Bearer the-wrong-token' },
  'the beginning of the token': { authorization: `Bearer ${token.slice(0, -1)}` },
  'the token and more': { authorization: `Bearer ${token}x` },
  'two tokens': { authorization: `Bearer ${token} ${token}` },
  'another scheme': { authorization: `Basic ${token}` },
  'a scheme that ends alike': { authorization: `XBearer ${token}` },
  'no scheme': { authorization: token },
  'another header': { 'x-auth-token': token, cookie: `token=${token}` },
};

t.ok(inV1.length >= 6, `${inV1.length} routes under /v1`);
for (const { method, url } of inV1) {
  await t.test(`${method} ${url} demands the token`, async (t) => {
    const path = url.replace(':vm', 'test');
    for (const [what, headers] of Object.entries(wrong)) {
      const query = `?token=${token}&access_token=${token}`;
      const response = await app.inject({ method: method as 'GET', url: `${path}${query}`, headers });
      t.equal(response.statusCode, 401, what);
      t.match(response.headers['www-authenticate'], /^Bearer /);
      if (method !== 'HEAD') t.equal(problemOf(t, response).type, '/problems/unauthorized');
      t.notMatch(response.body, token);
    }
  });
}

await t.test('nothing was done for any of them', async (t) => {
  const vm = await ask(app, { url: '/v1/vms/test' });
  t.match(vm.json(), { name: 'test', state: 'running' });
  t.equal((await ask(app, { url: '/v1/vms' })).json<{ items: unknown[] }>().items.length, 1);
});

await t.test('the token comes before anything else is said', async (t) => {
  const body = { method: 'POST', url: '/v1/vms', headers: { 'content-type': 'text/plain' } } as const;
  t.equal((await app.inject({ ...body, payload: 'x'.repeat(2 ** 20) })).statusCode, 401);
  t.equal((await app.inject('/v1/vms/no-such-vm')).statusCode, 401);
  t.equal((await app.inject('/v1/vms?limit=x')).statusCode, 401);
});

await t.test('the name of the scheme may be in any case', async (t) => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const response = await app.inject({ url: '/v1/vms', headers: { authorization: `${scheme} ${token}` } });
    t.equal(response.statusCode, 200, scheme);
  }
});
