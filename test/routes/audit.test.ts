import { readFileSync, rmSync } from 'node:fs';
import type { FastifyInstance, InjectOptions } from 'fastify';
import t, { type Test } from 'tap';
import { AuditFile } from '../../src/audit/log.js';
import type { AuditEntry } from '../../src/schemas/audit.js';
import type { TokenCreated } from '../../src/schemas/token.js';
import { TokenStore } from '../../src/state/tokens.js';
import { ask, connectedApp, problemOf, storedToken, token } from '../helpers/app.js';

async function audited(t: Test): Promise<{ app: FastifyInstance; state: string; file: () => string }> {
  const state = t.testdir();
  const tokens = TokenStore.inMemory([
    storedToken(token),
    storedToken('operator', { name: 'ops', role: 'operator', trust: true }),
  ]);
  const app = await connectedApp(t, { tokens, audit: new AuditFile(state) });
  return { app, state, file: () => readFileSync(`${state}/audit.jsonl`, 'utf8') };
}

const list = async (app: FastifyInstance, query = '') =>
  (await ask(app, { url: `/v1/audit${query}` })).json<{ items: AuditEntry[]; nextCursor?: string }>();
const patch = (payload: object): InjectOptions => ({ method: 'PATCH', url: '/v1/config', payload });
const asOperator = { authorization: 'Bearer operator' };

await t.test('a change: who, from where, what, on what, before and after, with which result', async (t) => {
  const { app } = await audited(t);
  const response = await ask(app, patch({ reconcile: 'report' }));
  t.equal(response.statusCode, 200);
  const { items } = await list(app);
  t.match(items, [
    {
      caller: { name: 'tester', role: 'admin', via: 'token' },
      from: '127.0.0.1',
      action: 'PATCH /v1/config',
      path: '/v1/config',
      asked: { reconcile: 'report' },
      before: { reconcile: 'repair', EnableMACAntiSpoofingFilterRules: true },
      after: { reconcile: 'report' },
      result: 'succeeded',
      status: 200,
    },
  ]);
  t.equal(items.length, 1, 'and no read');
});

await t.test('what failed, what was not allowed; and not what was never begun', async (t) => {
  const { app } = await audited(t);
  const missing = await ask(app, { method: 'POST', url: '/v1/vms/nowhere/start' });
  t.equal(missing.statusCode, 404);
  await ask(app, { ...patch({ reconcile: 'report' }), headers: asOperator });
  await ask(app, patch({ reconcile: 'sometimes' }));
  await app.inject(patch({ reconcile: 'report' }));
  t.match((await list(app)).items, [
    {
      caller: { name: 'ops', role: 'operator', trust: true },
      result: 'denied',
      status: 403,
      problem: '/problems/forbidden',
    },
    {
      result: 'failed',
      status: 404,
      problem: '/problems/vm-not-found',
      id: problemOf(t, missing).instance,
    },
  ]);
  t.equal((await list(app)).items.length, 2);
  t.match((await list(app, '?result=denied')).items, [{ caller: { name: 'ops' } }]);
  t.match((await list(app, '?caller=tester')).items, [{ status: 404 }]);
  t.strictSame((await list(app, '?since=2999-01-01T00:00:00Z')).items, []);
});

await t.test('page by page', async (t) => {
  const { app } = await audited(t);
  for (const reconcile of ['report', 'repair', 'report', 'repair', 'report'])
    await ask(app, patch({ reconcile }));
  const all = (await list(app)).items.map(({ id }) => id);
  t.equal(all.length, 5);
  const seen: string[] = [];
  for (let cursor = ''; ;) {
    const { items, nextCursor } = await list(app, `?limit=2${cursor}`);
    seen.push(...items.map(({ id }) => id));
    if (nextCursor === undefined) break;
    cursor = `&cursor=${nextCursor}`;
  }
  t.strictSame(seen, all);
  t.equal((await ask(app, { url: '/v1/audit?cursor=x' })).statusCode, 400);
});

await t.test('no secret is in it', async (t) => {
  const { app, file } = await audited(t);
  const payload = { name: 'guest', role: 'viewer' };
  const made = (await ask(app, { method: 'POST', url: '/v1/tokens', payload })).json<TokenCreated>();
  const secrets = ['the user data', 'the meta data', 'the network config', 'console=secret', 'some words'];
  const [userData, metaData, networkConfig, cmdline, description] = secrets;
  await ask(app, {
    method: 'POST',
    url: '/v1/vms',
    payload: {
      ...{ name: 'vm', memoryMiB: 64, description, cloudInit: { userData, metaData, networkConfig } },
      boot: { kernel: '/var/lib/libvirt/images/none', cmdline },
    },
  });
  await ask(app, { method: 'DELETE', url: `/v1/vms/no-such?force=true&access_token=${token}` });
  await ask(app, { method: 'DELETE', url: `/v1/tokens/${made.id}` });
  const [revoked, forced, created, token_] = (await list(app)).items;
  t.match(revoked, {
    action: 'DELETE /v1/tokens/:id',
    before: { name: 'guest', role: 'viewer' },
    status: 204,
  });
  t.match(forced, { path: '/v1/vms/no-such', asked: { force: true }, result: 'failed' });
  t.match(created, { action: 'POST /v1/vms', asked: { name: 'vm', memoryMiB: 64 }, result: 'failed' });
  t.match(token_, { action: 'POST /v1/tokens', after: { name: 'guest', role: 'viewer' } });
  for (const secret of [...secrets, made.token, token, 'operator']) t.notMatch(file(), `"${secret}"`);
  t.notMatch(file(), made.token);
});

await t.test('what cannot be written down is not done', async (t) => {
  const { app, state } = await audited(t);
  rmSync(state, { recursive: true });
  const response = await ask(app, patch({ reconcile: 'report' }));
  t.equal(response.statusCode, 503);
  t.match(problemOf(t, response), { type: '/problems/state-unwritable', detail: /a change is not made/ });
  t.match((await ask(app, { url: '/v1/config' })).json(), { reconcile: 'repair' });
});
