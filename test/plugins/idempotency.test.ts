import Fastify from 'fastify';
import fp from 'fastify-plugin';
import t, { type Test } from 'tap';
import { Problem } from '../../src/errors.js';
import etag from '../../src/plugins/etag.js';
import idempotency from '../../src/plugins/idempotency.js';
import problems from '../../src/plugins/problems.js';
import { problemOf } from '../helpers/app.js';

/** A service that makes things, slowly, and counts them. */
async function things(t: Test) {
  const app = Fastify();
  const made: unknown[] = [];
  const gate = { open: Promise.resolve(), fail: undefined as Error | undefined };
  await app.register(problems);
  // in place of who is let in: the header alone says who asks
  await app.register(fp((_app, _options, done) => done(), { name: 'access' }));
  app.decorateRequest('caller', undefined);
  await app.register(etag);
  await app.register(idempotency);
  app.addHook('onRequest', (request, _reply, next) => {
    const key = String(request.headers.authorization);
    request.caller = { name: key, key, role: 'admin', trust: false, via: 'token' };
    next();
  });
  app.post('/:where', { config: { idempotent: true, etag: true } }, async ({ body }, reply) => {
    made.push(body);
    const n = made.length;
    await gate.open;
    if (gate.fail) throw gate.fail;
    return reply.code(201).header('location', `/things/${n}`).header('x-other', '1').send({ n });
  });
  app.post('/plain', { config: {} }, () => ({ n: made.push('plain') }));
  t.teardown(() => app.close());
  const post = (key: string | undefined, payload: object = { a: 1 }, url = '/things', holder = 'me') =>
    app.inject({
      method: 'POST',
      url,
      payload,
      headers: { authorization: holder, ...(key !== undefined && { 'idempotency-key': key }) },
    });
  return { made, gate, post };
}

await t.test('the same request again gets the same answer', async (t) => {
  const { made, post } = await things(t);
  const first = await post('k', { a: 1, b: { c: 2, d: 3 } });
  t.equal(first.statusCode, 201);
  t.equal(first.headers['idempotency-replayed'], undefined);
  const again = await post('k', { b: { d: 3, c: 2 }, a: 1 });
  t.equal(again.statusCode, 201);
  t.equal(again.body, first.body);
  for (const name of ['location', 'etag', 'content-type'])
    t.equal(again.headers[name], first.headers[name], name);
  t.equal(again.headers['idempotency-replayed'], 'true');
  t.equal(made.length, 1);
});

await t.test('without a key, with another, elsewhere or of someone else it is another request', async (t) => {
  const { made, post } = await things(t);
  await post('k');
  await Promise.all([
    post(undefined),
    post(undefined),
    post('K'),
    post('k', {}, '/others'),
    post('k', {}, '/plain'),
    post('k', { x: 1 }, '/things', 'you'),
  ]);
  t.equal(made.length, 7);
});

await t.test('another body with the same key', async (t) => {
  const { made, post } = await things(t);
  await post('k', { a: 1 });
  const refused = await post('k', { a: 2 });
  t.equal(refused.statusCode, 422);
  t.equal(problemOf(t, refused).type, '/problems/idempotency-key-reused');
  t.equal((await post('k', { a: 1 }, '/things?x=1')).statusCode, 422, 'the query counts');
  t.equal((await post('k', { a: 1 }, '/things?wait=5')).statusCode, 201, 'but for how long one waits');
  t.equal(made.length, 1);
});

await t.test('many at once make one thing', async (t) => {
  const { made, gate, post } = await things(t);
  gate.open = new Promise((resolve) => setTimeout(resolve, 50));
  const answers = await Promise.all(Array.from({ length: 20 }, () => post('k')));
  t.equal(made.length, 1);
  t.equal(new Set(answers.map(({ body, statusCode }) => `${statusCode} ${body}`)).size, 1);
  t.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined).length, 1);
});

await t.test('a refusal is remembered, a fault is not', async (t) => {
  const { made, gate, post } = await things(t);
  gate.fail = new Problem('libvirt-unavailable', 'away');
  t.equal((await post('k')).statusCode, 503);
  gate.fail = new Problem('vm-name-taken', 'taken');
  const refused = await post('k');
  t.equal(refused.statusCode, 409);
  gate.fail = undefined;
  const again = await post('k');
  t.equal(again.body, refused.body);
  t.equal(problemOf(t, again).type, '/problems/vm-name-taken');
  t.equal(made.length, 2);
  t.equal((await post('new')).statusCode, 201);
});

for (const key of ['', 'a b', 'ü', 'x'.repeat(256)]) {
  await t.test(`refused: the key "${key.slice(0, 9)}"`, async (t) => {
    const { made, post } = await things(t);
    t.match(problemOf(t, await post(key)), { status: 400, errors: [{ path: 'headers/idempotency-key' }] });
    t.equal(made.length, 0);
  });
}
