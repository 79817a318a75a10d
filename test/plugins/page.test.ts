import Fastify from 'fastify';
import t from 'tap';
import page from '../../src/plugins/page.js';
import { testApp } from '../helpers/app.js';

const root = `${t.testdir({
  'index.html': '<!doctype html><title>page</title>',
  assets: { 'app-Ab12Cd34.js': 'run()', 'app-Ab12Cd34.js.br': 'compressed' },
})}/`;
const app = Fastify();
await app.register(page, { root });
t.teardown(() => app.close());

await t.test('the page is had without a token, and asked for each time', async (t) => {
  const { statusCode, headers, body } = await app.inject('/');
  t.equal(statusCode, 200);
  t.match(headers, { 'content-type': /^text\/html/, 'cache-control': 'no-cache', etag: /./ });
  t.match(body, /<title>page/);
  const again = await app.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } });
  t.equal(again.statusCode, 304);
});

await t.test(
  'its files are kept by browsers, and sent as they were compressed when it was built',
  async (t) => {
    const { headers, body } = await app.inject('/assets/app-Ab12Cd34.js');
    t.match(headers, {
      'content-type': /javascript/,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    t.equal(body, 'run()');
    const compressed = await app.inject({
      url: '/assets/app-Ab12Cd34.js',
      headers: { 'accept-encoding': 'gzip, br' },
    });
    t.match(compressed.headers, { 'content-encoding': 'br', 'content-type': /javascript/ });
    t.equal(compressed.body, 'compressed');
  },
);

await t.test('it may use nothing that comes from elsewhere, and be in nobody’s frame', async (t) => {
  for (const url of ['/', '/assets/app-Ab12Cd34.js']) {
    const { headers } = await app.inject(url);
    const policy = String(headers['content-security-policy']);
    const directives = new Map(
      policy.split('; ').map((one): [string, string] => [one.split(' ')[0] ?? '', one.replace(/^\S+ /, '')]),
    );
    t.strictSame(
      [...directives],
      [
        ['default-src', "'none'"],
        ...['script-src', 'style-src', 'img-src', 'font-src', 'connect-src'].map((kind) => [kind, "'self'"]),
        ['base-uri', "'none'"],
        ['form-action', "'self'"],
        ['frame-ancestors', "'none'"],
      ],
    );
    t.match(headers, { 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin' });
  }
});

await t.test('there is nothing beside it', async (t) => {
  for (const url of ['/assets/', '/assets/none.js', '/assets/../index.html', '/assets/%2e%2e/index.html'])
    t.not((await app.inject(url)).statusCode, 200, url);
});

await t.test(
  'in the service it has the headers of all answers, and what is not there is a problem',
  async (t) => {
    const service = await testApp(t);
    const { headers, statusCode } = await service.inject('/assets/none.js');
    t.equal(statusCode, 404);
    t.match(headers, { 'content-type': /^application\/problem\+json/, 'x-content-type-options': 'nosniff' });
  },
);
