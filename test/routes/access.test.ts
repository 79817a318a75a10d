import diagnostics from 'node:diagnostics_channel';
import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import t from 'tap';
import { Authentication } from '../../src/access/authentication.js';
import { isAtLeast, roles } from '../../src/access/grant.js';
import { accessOf, routeAccess } from '../../src/access/routes.js';
import { RequestRates } from '../../src/limits/rates.js';
import { TokenStore } from '../../src/state/tokens.js';
import { ask, connectedApp, deadUri, problemOf, storedToken, testApp, token } from '../helpers/app.js';

/** Every route that is registered, also those that no document shows. */
const routes: { method: HTTPMethods; url: string }[] = [];
const listen = (message: unknown): void => {
  const { fastify } = message as { fastify: FastifyInstance };
  fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
};
const tokens = TokenStore.inMemory([
  storedToken(token, { name: 'root' }),
  storedToken('expired', { name: 'late', expiresAt: '2024-05-06T07:08:10.000Z' }),
  storedToken('revoked', { name: 'gone' }),
  ...roles.map((role) => storedToken(`a-${role}`, { name: role, role })),
]);
await tokens.revoke('gone');
diagnostics.subscribe('fastify.initialization', listen);
const app = await connectedApp(t, { tokens });
diagnostics.unsubscribe('fastify.initialization', listen);

const isOpen = ({ method, url }: (typeof routes)[number]) => accessOf(method, url) === 'anyone';
const closed = routes.filter((route) => !isOpen(route));

await t.test('every route is in the table, and the table has no other', (t) => {
  const registered = routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => `${method} ${url}`);
  const known = [...routeAccess.keys()].filter((route) => route !== 'GET /docs/'); // of GET /docs, with and without the slash
  t.strictSame(registered.sort(), known.sort());
  t.throws(() => accessOf('GET', '/v1/unheard-of'), /does not say who may use GET \/v1\/unheard-of/);
  t.end();
});

await t.test('a route that is not in the table keeps the service from starting', async (t) => {
  const { default: Fastify } = await import('fastify');
  const { default: problems } = await import('../../src/plugins/problems.js');
  const { default: access } = await import('../../src/plugins/access.js');
  const other = Fastify();
  await other.register(problems);
  await other.register(access, {
    authentication: new Authentication(tokens),
    rates: new RequestRates(6000),
    metricsAccess: 'viewer',
  });
  t.throws(() => other.get('/v1/unheard-of', () => 'x'), /does not say who may use/);
  await other.close();
});

await t.test('what anybody may see is this and no more', (t) => {
  const open = routes.filter(isOpen);
  const urls = new Set(open.map(({ url }) => url.replace(/^\/docs(\/.*)?$/, '/docs…')));
  t.strictSame([...urls].sort(), ['/', '/assets/*', '/docs…', '/healthz', '/openapi.json', '/readyz']);
  t.ok(open.every(({ method }) => ['GET', 'HEAD'].includes(method)));
  t.end();
});

await t.test('the figures, too, where the setting says so, and no more', async (t) => {
  const open = await testApp(t, { metricsAccess: 'anyone', uri: deadUri });
  for (const [url, status] of [
    ['/metrics', 200],
    ['/v1/vms', 401],
  ] as const)
    t.equal((await open.inject(url)).statusCode, status, url);
});

const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
const unknown: Record<string, Record<string, string>> = {
  'no token': {},
  'an empty header': { authorization: '' },
  'a scheme without a token': { authorization: 'Bearer' },
  'a scheme and a space': { authorization: 'Bearer ' },
  'a wrong token': bearer('the-wrong-token'),
  'one that has expired': bearer('expired'),
  'one that was revoked': bearer('revoked'),
  'the beginning of the token': bearer(token.slice(0, -1)),
  'the token and more': bearer(`${token}x`),
  'two tokens': bearer(`${token} ${token}`),
  'another scheme': { authorization: `Basic ${token}` },
  'a scheme that ends alike': { authorization: `XBearer ${token}` },
  'no scheme': { authorization: token },
  'another header': { 'x-auth-token': token, cookie: `token=${token}` },
};

t.ok(closed.length >= 50, `${closed.length} routes that are not for anyone`);
for (const { method, url } of closed) {
  const needed = accessOf(method, url);
  await t.test(`${method} ${url} is for those with the role ${needed}`, async (t) => {
    const inject = (path: string, headers: Record<string, string>) =>
      app.inject({ method: method as 'GET', url: path, headers });
    const path = url.replace(':vm', 'test').replace(':name', 'x').replace(':id', 'root');
    for (const [what, headers] of Object.entries(unknown)) {
      const response = await inject(`${path}?token=${token}&access_token=${token}`, headers);
      t.equal(response.statusCode, 401, what);
      t.match(response.headers['www-authenticate'], /^Bearer /);
      if (method !== 'HEAD') t.equal(problemOf(t, response).type, '/problems/unauthorized');
      t.notMatch(response.body, token);
    }
    for (const role of roles) {
      if (needed !== 'anyone' && isAtLeast(role, needed)) {
        // where there is nothing that it could do; the events have no end to wait for
        if (url === '/v1/events') continue;
        const nowhere = url.replace(/:vm|:name|:id/, 'no-such');
        const { statusCode } = await inject(nowhere, bearer(`a-${role}`));
        t.notOk([401, 403].includes(statusCode), `${role} is let in: ${statusCode}`);
      } else {
        const response = await inject(path, bearer(`a-${role}`));
        t.equal(response.statusCode, 403, `${role} is not`);
        if (method === 'HEAD') continue;
        const problem = problemOf(t, response);
        t.match(problem, { type: '/problems/forbidden', detail: `${role} has the role ${role}` });
      }
    }
  });
}

await t.test('nothing was done for any of them', async (t) => {
  const vm = await ask(app, { url: '/v1/vms/test' });
  t.match(vm.json(), { name: 'test', state: 'running' });
  t.equal((await ask(app, { url: '/v1/vms' })).json<{ items: unknown[] }>().items.length, 1);
  t.equal(tokens.list().length, 5);
});

await t.test('the token comes before anything else is said', async (t) => {
  const body = { method: 'POST', url: '/v1/vms', headers: { 'content-type': 'text/plain' } } as const;
  t.equal((await app.inject({ ...body, payload: 'x'.repeat(2 ** 20) })).statusCode, 401);
  t.equal((await app.inject('/v1/vms/no-such-vm')).statusCode, 401);
  t.equal((await app.inject('/v1/vms?limit=x')).statusCode, 401);
  const viewer = { ...body, headers: { ...body.headers, ...bearer('a-viewer') } };
  t.equal((await app.inject({ ...viewer, payload: 'x'.repeat(2 ** 20) })).statusCode, 403);
});

await t.test('the name of the scheme may be in any case', async (t) => {
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const response = await app.inject({ url: '/v1/vms', headers: { authorization: `${scheme} ${token}` } });
    t.equal(response.statusCode, 200, scheme);
  }
});

await t.test('the document says of each route what it needs', async (t) => {
  interface Operation {
    description?: string;
    security?: unknown[];
    responses: Record<string, unknown>;
  }
  const { paths } = (await app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>;
  }>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { description, security, responses }] of Object.entries(operations)) {
      const access = accessOf(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'));
      if (access === 'anyone') t.strictSame(security, [], path);
      else {
        t.match(description, new RegExp(`Needs the role ${access}\\.$`), `${method} ${path}`);
        t.ok('401' in responses && '403' in responses);
      }
    }
  }
});
