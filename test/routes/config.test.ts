import { readFileSync } from 'node:fs';
import type { InjectOptions } from 'fastify';
import t from 'tap';
import { PolicyStore } from '../../src/state/policy-store.js';
import { ask, connectedApp, deadUri, problemOf, testApp } from '../helpers/app.js';

const defaults = {
  EnableMACAntiSpoofingFilterRules: true,
  ClusterCompatibilityVersion: '4.8',
  DefaultFilters: ['vdsm-no-mac-spoofing'],
  IngressGuard: true,
  reconcile: 'repair',
};
const patch = (payload: InjectOptions['payload'], headers = {}) =>
  ({ method: 'PATCH', url: '/v1/config', payload, headers }) as const;

await t.test('the defaults, and a change that is on disk when it is answered', async (t) => {
  const directory = t.testdir();
  const app = await testApp(t, { uri: deadUri, policy: PolicyStore.open(directory) });
  t.strictSame((await ask(app, { url: '/v1/config' })).json(), defaults);
  const changed = await ask(
    app,
    patch({ ClusterCompatibilityVersion: '3.10', DefaultFilters: ['clean-traffic'] }),
  );
  t.equal(changed.statusCode, 200);
  const expected = { ...defaults, ClusterCompatibilityVersion: '3.10', DefaultFilters: ['clean-traffic'] };
  t.strictSame(changed.json(), expected, 'libvirt is away: nobody can count');
  t.match(JSON.parse(readFileSync(`${directory}/config.json`, 'utf8')), {
    ClusterCompatibilityVersion: '3.10',
  });
  t.strictSame((await ask(app, { url: '/v1/config' })).json(), expected);
  t.strictSame(app.policy.current, expected, 'and in force');
  t.strictSame(PolicyStore.open(directory).current, expected, 'as after a restart');
});

await t.test('entity tags', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  const first = await ask(app, { url: '/v1/config' });
  const etag = String(first.headers.etag);
  t.match(etag, /^"[^"]+"$/);
  const known = await ask(app, { url: '/v1/config', headers: { 'if-none-match': `"x", W/${etag}` } });
  t.equal(known.statusCode, 304);
  t.equal(known.body, '');
  t.equal(known.headers.etag, etag);
  t.equal(known.headers['content-type'], undefined);
  const head = await ask(app, { method: 'HEAD', url: '/v1/config' });
  t.equal(head.headers.etag, etag);

  const change = { EnableMACAntiSpoofingFilterRules: false };
  const changed = await ask(app, patch(change, { 'if-match': etag }));
  t.equal(changed.statusCode, 200);
  t.not(changed.headers.etag, etag);
  t.equal(changed.headers.etag, (await ask(app, { url: '/v1/config' })).headers.etag);
  const stale = await ask(app, patch({ EnableMACAntiSpoofingFilterRules: true }, { 'if-match': etag }));
  t.equal(stale.statusCode, 412);
  t.equal(problemOf(t, stale).type, '/problems/etag-stale');
  t.equal(app.policy.current.EnableMACAntiSpoofingFilterRules, false, 'not done');
  t.equal((await ask(app, patch(change, { 'if-match': '*' }))).statusCode, 200);
  const malformed = await ask(app, patch(change, { 'if-match': 'x' }));
  t.match(problemOf(t, malformed), { status: 400, errors: [{ path: 'headers/if-match' }] });
});

await t.test('of changes at once under one tag, one is made', async (t) => {
  const app = await testApp(t, { uri: deadUri, policy: PolicyStore.open(t.testdir()) });
  const { etag } = (await ask(app, { url: '/v1/config' })).headers;
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map((n) =>
      ask(app, patch({ ClusterCompatibilityVersion: `3.${n}` }, { 'if-match': etag })),
    ),
  );
  t.strictSame(answers.map(({ statusCode }) => statusCode).sort(), [200, 412, 412, 412, 412]);
  const done = answers.find(({ statusCode }) => statusCode === 200);
  t.strictSame(done?.json(), app.policy.current);
});

const wrong: [body: InjectOptions['payload'], path: string][] = [
  [{ enableMACAntiSpoofingFilterRules: true }, '/enableMACAntiSpoofingFilterRules'],
  [{ EnableMACAntiSpoofingFilterRules: 'true' }, '/EnableMACAntiSpoofingFilterRules'],
  [{ ClusterCompatibilityVersion: 4.8 }, '/ClusterCompatibilityVersion'],
  [{ ClusterCompatibilityVersion: '4' }, '/ClusterCompatibilityVersion'],
  [{ ClusterCompatibilityVersion: '4.8.1' }, '/ClusterCompatibilityVersion'],
  [{ DefaultFilters: [] }, '/DefaultFilters'],
  [{ DefaultFilters: 'clean-traffic' }, '/DefaultFilters'],
  [{ DefaultFilters: ['a', 'a'] }, '/DefaultFilters'],
  [{ DefaultFilters: ['a/b'] }, '/DefaultFilters/0'],
  [{ DefaultFilters: [''] }, '/DefaultFilters/0'],
  [{ DefaultFilters: Array.from({ length: 17 }, (_, i) => `f${i}`) }, '/DefaultFilters'],
  [{ outOfSyncNics: 1 }, '/outOfSyncNics'],
];
await t.test('what is wrong is refused, and nothing is changed', async (t) => {
  const app = await testApp(t, { uri: deadUri });
  for (const [body, path] of wrong) {
    const refused = await ask(app, patch({ ClusterCompatibilityVersion: '3.6', ...(body as object) }));
    t.match(problemOf(t, refused), { status: 400, errors: [{ path }] }, JSON.stringify(body));
  }
  t.strictSame(app.policy.current, defaults);
  t.equal((await ask(app, patch({}))).statusCode, 200, 'nothing is a subset');
});

await t.test('filters are looked up on libvirt, and NICs out of sync are counted', async (t) => {
  const app = await connectedApp(t);
  const { connection } = app.libvirt;
  connection.getAllNWFiltersXML = () => Promise.resolve([{ name: 'there', uuid: '', xml: '' }]);
  app.countOutOfSync = () => Promise.resolve(3);
  const refused = await ask(app, patch({ DefaultFilters: ['there', 'missing'] }));
  t.match(problemOf(t, refused), {
    type: '/problems/nwfilter-not-found',
    status: 422,
    errors: [{ path: '/DefaultFilters/1', message: /missing/ }],
  });
  t.match((await ask(app, patch({ DefaultFilters: ['there'] }))).json(), {
    DefaultFilters: ['there'],
    outOfSyncNics: 3,
  });
  app.countOutOfSync = () => Promise.reject(new Error('not now'));
  const uncounted = await ask(app, patch({ EnableMACAntiSpoofingFilterRules: false }));
  t.equal(uncounted.statusCode, 200, 'the change is made, whether or not it can be counted');
  t.notOk('outOfSyncNics' in uncounted.json<object>());
});
