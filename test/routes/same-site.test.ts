import t from 'tap';
import { ask, problemOf, testApp } from '../helpers/app.js';

const app = await testApp(t, { hostNames: ['kvm1.example'] });
const get = (headers: Record<string, string>, url = '/v1/operations') => ask(app, { url, headers });

for (const host of [
  '127.0.0.1:7480',
  'localhost',
  'LOCALHOST:80',
  '[::1]:7480',
  '192.0.2.1',
  'kvm1.example:443',
]) {
  await t.test(`the name ${host} is this service's`, async (t) => {
    t.equal((await get({ host })).statusCode, 200);
    t.equal(
      (await get({ host, origin: `http://${host}` })).statusCode,
      200,
      'and a page of its own may use it',
    );
  });
}

for (const host of [
  'evil.example',
  'localhost.evil.example',
  'evil.example:7480',
  'kvm1.example.evil',
  '127.0.0.1@evil',
]) {
  await t.test(`the name "${host}" is not, whoever asks: it may have been pointed here`, async (t) => {
    for (const url of ['/v1/operations', '/openapi.json', '/healthz', '/docs/']) {
      const response = await get({ host }, url);
      t.equal(response.statusCode, 421, url);
      t.equal(problemOf(t, response).type, '/problems/host-not-known');
    }
  });
}

const host = 'localhost:7480';
const cross: Record<string, Record<string, string>> = {
  'a page of another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'one of an old browser': { origin: 'https://evil.example' },
  'a file': { origin: 'null' },
  'another port of this host': { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' },
  'another scheme': { origin: 'https://localhost:7480' },
  'an image in a page': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  'a link': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
};
for (const [what, headers] of Object.entries(cross)) {
  await t.test(`${what} does not reach the API`, async (t) => {
    const response = await get({ host, ...headers });
    t.equal(response.statusCode, 403);
    t.equal(problemOf(t, response).type, '/problems/cross-site');
    t.notOk(Object.keys(response.headers).some((name) => name.startsWith('access-control-')));
    const change = await ask(app, {
      method: 'POST',
      url: '/v1/vms',
      headers: { host, ...headers },
      payload: {},
    });
    t.equal(change.statusCode, 403);
  });
}

await t.test('nor is it told what it may', async (t) => {
  const headers = { host, origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const response = await app.inject({ method: 'OPTIONS', url: '/v1/vms', headers });
  t.ok(response.statusCode >= 400);
  t.equal(response.headers['access-control-allow-origin'], undefined);
});

await t.test('a link may lead to the documentation, which uses the API as a page of its own', async (t) => {
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
  const page = await app.inject({ url: '/docs/', headers: { host, ...link } });
  t.equal(page.statusCode, 200);
  t.match(page.headers['content-security-policy'], /default-src 'self'/);
  t.match(page.headers, { 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
  t.equal((await get({ host, 'sec-fetch-site': 'same-origin' })).statusCode, 200);
});
