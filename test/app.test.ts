import t from 'tap';
import { ask, deadUri, problemOf, testApp, token } from './helpers/app.js';
import { TokenStore } from '../src/state/tokens.js';

await t.test('healthz asks for no token and no libvirt', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  const response = await app.inject('/healthz');
  t.equal(response.statusCode, 200);
  t.strictSame(response.json(), { status: 'ok' });
});

await t.test(
  'while libvirt is away everything that needs it is 503 and says when to come back',
  async (t) => {
    const app = await testApp(t, { uri: deadUri });
    const vm = { name: 'a', memoryMiB: 64 };
    const requests = [
      { url: '/readyz' },
      { url: '/v1/vms' },
      { url: '/v1/vms/a' },
      { method: 'POST', url: '/v1/vms', payload: vm },
      { method: 'POST', url: '/v1/vms/a/start' },
      { method: 'POST', url: '/v1/vms/a/stop' },
      { method: 'DELETE', url: '/v1/vms/a' },
    ] as const;
    for (const request of requests) {
      const response = await ask(app, request);
      t.equal(response.statusCode, 503, request.url);
      t.match(response.headers['retry-after'], /^\d+$/);
      t.match(problemOf(t, response), {
        type: '/problems/libvirt-unavailable',
        detail: /connection to libvirt/,
      });
    }
  },
);

await t.test('a route that is not there', async (t) => {
  const app = await testApp(t);
  for (const [method, url] of [
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/vms'],
    ['GET', '/v2/vms'],
    ['GET', '/nothing'],
  ] as const) {
    const response = await ask(app, { method, url });
    t.equal(response.statusCode, 404);
    t.match(problemOf(t, response), {
      type: '/problems/route-not-found',
      detail: `There is no ${method} ${url}.`,
    });
  }
});

await t.test('a path that cannot be read', async (t) => {
  const app = await testApp(t);
  const response = await ask(app, { url: '/v1/vms/%zz' });
  t.equal(response.statusCode, 400);
  t.equal(problemOf(t, response).type, '/problems/invalid-request');
});

await t.test('each answer names its request', async (t) => {
  const app = await testApp(t);
  const instances = await Promise.all(
    ['/a', '/b'].map(async (url) => problemOf(t, await app.inject(url)).instance),
  );
  t.equal(new Set(instances).size, 2);
});

await t.test('an unexpected fault shows nothing but where to look', async (t) => {
  const tokens = TokenStore.inMemory();
  t.capture(tokens, 'find', () => {
    throw new Error('the inner secret');
  });
  const app = await testApp(t, { tokens });
  const response = await ask(app, { url: '/v1/vms' });
  t.equal(response.statusCode, 500);
  const problem = problemOf(t, response);
  t.equal(problem.type, '/problems/internal-error');
  t.match(problem.detail, problem.instance);
  t.notMatch(response.body, /secret|Error:|\.ts/);
});

await t.test('the document and its pages are there for all', async (t) => {
  const app = await testApp(t);
  t.match((await app.inject('/openapi.json')).json(), { openapi: '3.1.0', paths: { '/v1/vms': {} } });
  const docs = await app.inject('/docs/');
  t.equal(docs.statusCode, 200);
  t.match(docs.headers['content-type'], /html/);
  t.notMatch(docs.body, token);
});
