import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { Operation } from '../../src/schemas/operation.js';
import { ask, problemOf, testApp } from '../helpers/app.js';

const app = await testApp(t);
const [vm, other] = ['6695eb01-f6a4-8304-79aa-97f2502e193f', '70000000-0000-4000-8000-000000000000'];
const get = (url: string) => ask(app, { url: `/v1/operations${url}` });
const cancel = (url: string) => ask(app, { method: 'DELETE', url: `/v1/operations${url}` });

interface List {
  items: Operation[];
  nextCursor?: string;
}
const kinds = async (query: string) => (await get(query)).json<List>().items.map(({ kind }) => kind);

await t.test('none yet', async (t) => {
  t.strictSame((await get('')).json(), { items: [] });
  t.equal(problemOf(t, await get(`/${vm}`)).type, '/problems/operation-not-found');
});

await t.test('one operation, and the wait for its end', async (t) => {
  const { id } = app.operations.run('slow', vm, async ({ progress }) => {
    progress(50, 'half way');
    await delay(150);
  });
  const running = await get(`/${id}`);
  t.equal(running.statusCode, 200);
  t.match(running.json(), { id, kind: 'slow', vm, status: 'running', progress: { percent: 50 } });
  t.match((await get(`/${id}?wait=30`)).json(), { status: 'succeeded', finishedAt: /Z$/ });
  t.match((await get(`/${id}?wait=30`)).json(), { status: 'succeeded' }, 'at once');
});

await t.test('a wait that is over answers what there is', async (t) => {
  const { id } = app.operations.run('slow', vm, ({ signal }) => delay(60_000, null, { signal }), {
    cancellable: true,
  });
  t.match((await get(`/${id}?wait=1`)).json(), { status: 'running' });
  const cancelled = await cancel(`/${id}?wait=30`);
  t.equal(cancelled.statusCode, 200);
  t.match(cancelled.json(), { id, status: 'cancelled' });
  const again = await cancel(`/${id}`);
  t.equal(again.statusCode, 409);
  t.equal(problemOf(t, again).type, '/problems/operation-not-cancellable');
});

await t.test('to cancel is answered at once when nobody waits', async (t) => {
  const { id } = app.operations.run('slow', vm, ({ signal }) => delay(60_000, null, { signal }), {
    cancellable: true,
  });
  const asked = await cancel(`/${id}`);
  t.equal(asked.statusCode, 202);
  t.equal(asked.headers.location, `/v1/operations/${id}`);
});

await t.test('a failed operation carries its problem', async (t) => {
  const { id } = app.operations.run('fails', other, () => Promise.reject(new Error('secret')));
  const failed = await get(`/${id}?wait=5`);
  t.equal(failed.statusCode, 200);
  t.match(failed.json(), { status: 'failed', problem: { type: '/problems/internal-error', instance: id } });
  t.notMatch(failed.body, /secret/);
});

await t.test('the list, by status, VM and page', async (t) => {
  t.strictSame(await kinds(''), ['fails', 'slow', 'slow', 'slow']);
  t.strictSame(await kinds('?status=failed'), ['fails']);
  t.strictSame(await kinds('?status=running'), []);
  t.strictSame(await kinds(`?vm=${other.toUpperCase()}`), ['fails']);
  t.strictSame(await kinds(`?vm=${vm}&status=cancelled`), ['slow', 'slow']);
  const first = (await get('?limit=3')).json<List>();
  t.equal(first.items.length, 3);
  const rest = (await get(`?limit=3&cursor=${first.nextCursor}`)).json<List>();
  t.equal(rest.items.length, 1);
  t.equal(rest.nextCursor, undefined);
  const gone = Buffer.from(`2000-01-01T00:00:00.000Z ${other}`).toString('base64url');
  t.strictSame(await kinds(`?cursor=${gone}`), [], 'after one that is forgotten, only older ones');
});

for (const query of ['?status=done', '?limit=0', '?cursor=x', '/a?wait=61', '/a?wait=-1', '/a?wait=soon']) {
  await t.test(`refused: ${query}`, async (t) => {
    t.equal(problemOf(t, await get(query)).type, '/problems/invalid-request');
  });
}

await t.test('the end of the service answers those who wait, and lets the work end', async (t) => {
  const ending = await testApp(t);
  let ended = false;
  const { id } = ending.operations.run('slow', vm, async () => {
    await delay(300);
    ended = true;
  });
  await ending.listen({ port: 0 });
  const waiting = ask(ending, { url: `/v1/operations/${id}?wait=60` });
  await delay(50);
  await ending.close();
  t.equal(ended, true);
  t.match((await waiting).json(), { id });
});

await t.test('a number in the query is held to its limits, also one without end', async (t) => {
  for (const query of [
    'limit=1001',
    'limit=0',
    'limit=Infinity',
    'limit=-Infinity',
    'limit=1e999',
    'limit=NaN',
  ]) {
    const response = await get(`?${query}`);
    t.equal(response.statusCode, 400, query);
    t.match(problemOf(t, response).errors, [{ path: 'query/limit' }]);
  }
});
