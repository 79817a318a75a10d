import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createVirtwardenClient } from '../../src/client/index.js';
import { connectedApp, token } from '../helpers/app.js';

const directory = mkdtempSync(join(tmpdir(), 'virtwarden-')); // short enough for a socket
t.teardown(() => rmSync(directory, { recursive: true }));
const app = await connectedApp(t);
const socketPath = join(directory, 'sock');
await app.listen({ path: socketPath });
const client = createVirtwardenClient({ socketPath, token });

await t.test('an answer is data', async (t) => {
  const { data, error, response } = await client.GET('/v1/vms/{vm}', { params: { path: { vm: 'test' } } });
  t.match(data, { name: 'test', state: 'running', nics: [{ mac: 'aa:bb:cc:dd:ee:ff' }] });
  t.equal(error, undefined);
  t.equal(response.status, 200);
});

await t.test('what goes into a path or a query is escaped', async (t) => {
  const { error } = await client.GET('/v1/vms/{vm}', { params: { path: { vm: 'a/b?c' } } });
  t.match(error, { type: '/problems/vm-not-found', detail: /a\/b\?c/ });
  const { data } = await client.GET('/v1/vms', { params: { query: { name: 'te&st', limit: 5 } } });
  t.strictSame(data, { items: [] });
});

await t.test('a problem is the error', async (t) => {
  const { data, error } = await client.POST('/v1/vms', { body: { name: '-', memoryMiB: 1 } });
  t.equal(data, undefined);
  t.match(error, { status: 400, type: '/problems/invalid-request', errors: [{ path: '/name' }] });
});

await t.test('without a token, or with another, nobody is let in', async (t) => {
  for (const shown of [undefined, 'wrong']) {
    const { error } = await createVirtwardenClient({ socketPath, token: shown }).GET('/v1/vms');
    t.match(error, { status: 401 });
  }
});

await t.test('what has not changed is not sent again', async (t) => {
  const { response } = await client.GET('/v1/config');
  const header = { 'If-None-Match': response.headers.get('etag') ?? '' };
  const again = await client.GET('/v1/config', { params: { header } });
  t.match(again, { data: undefined, response: { status: 304 } });
});

await t.test('events come as a stream, until it is given up', async (t) => {
  const abort = new AbortController();
  const { data } = await client.GET('/v1/events', { parseAs: 'stream', signal: abort.signal });
  const reader = data?.getReader();
  t.match(Buffer.from((await reader?.read())?.value ?? []).toString(), /^(:|retry|id|event)/);
  abort.abort();
  await t.rejects(Promise.resolve(reader?.read()));
});

await t.test('where nobody is it rejects', async (t) => {
  const nobody = createVirtwardenClient({ socketPath: join(directory, 'nobody') });
  await t.rejects(nobody.GET('/healthz'), { code: 'ENOENT' });
});
