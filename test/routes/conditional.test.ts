import t from 'tap';
import { ask, connectedApp, problemOf } from '../helpers/app.js';

const app = await connectedApp(t);
app.libvirt.connection.getAllNWFiltersXML = () => Promise.resolve([]); // the test driver has none
const url = '/v1/vms/test';

await t.test('a VM has an entity tag, which is that of its content', async (t) => {
  const first = await ask(app, { url });
  const { etag } = first.headers;
  t.match(etag, /^"[^"]+"$/);
  t.equal((await ask(app, { url })).headers.etag, etag);
  const known = await ask(app, { url, headers: { 'if-none-match': String(etag) } });
  t.equal(known.statusCode, 304);
  t.equal(known.body, '');
  t.equal((await ask(app, { url, headers: { 'if-none-match': '"x"' } })).statusCode, 200);

  await using vm = await app.libvirt.connection.lookupDomainByName('test');
  await vm.suspend();
  const changed = await ask(app, { url, headers: { 'if-none-match': String(etag) } });
  t.equal(changed.statusCode, 200);
  t.not(changed.headers.etag, etag);
  await vm.resume();
  t.equal((await ask(app, { url })).headers.etag, etag);
});

await t.test('a VM that was changed meanwhile is not deleted', async (t) => {
  const remove = (ifMatch: string) =>
    ask(app, { method: 'DELETE', url: `${url}?force=true`, headers: { 'if-match': ifMatch } });
  const stale = await remove('"what-it-was", W/"x"');
  t.equal(stale.statusCode, 412);
  t.match(problemOf(t, stale), { type: '/problems/etag-stale', detail: /entity tag is "/ });
  t.equal((await ask(app, { url })).statusCode, 200);
  const { etag } = (await ask(app, { url })).headers;
  t.not((await remove(String(etag))).statusCode, 412);
});

await t.test('what names no one resource has none, nor has a problem', async (t) => {
  t.equal((await ask(app, { url: '/v1/operations' })).headers.etag, undefined);
  t.equal((await ask(app, { url: '/v1/vms/missing' })).headers.etag, undefined);
});
