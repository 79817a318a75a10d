import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { Authentication } from '../../src/access/authentication.js';
import { Certificates } from '../../src/access/certificates.js';
import { TokenStore } from '../../src/state/tokens.js';
import { readTlsFiles } from '../../src/tls.js';
import { loadSettings } from '../../src/config.js';
import { storedToken, testApp, token } from '../helpers/app.js';
import { Authority, type Pair } from '../helpers/certificates.js';

const ours = new Authority(t);
const server = ours.issue('server', '/CN=kvm1', { extension: 'subjectAltName=DNS:localhost' });
const settings = loadSettings({
  VIRTWARDEN_CONFIG: `${t.testdir({ 'none.json': '{}' })}/none.json`,
  VIRTWARDEN_TLS_CERT: server.cert,
  VIRTWARDEN_TLS_KEY: server.key,
  VIRTWARDEN_TLS_CLIENT_CA: ours.ca.cert,
  VIRTWARDEN_TLS_CLIENTS:
    'CN=eye,O=Example=viewer; CN=orchestrator=operator+trust;CN=root=admin;CN=late=admin;CN=orchestrator=admin',
});
const tokens = TokenStore.inMemory([storedToken(token, { name: 'holder' })]);
const certificates = new Certificates(settings.tlsClients);
const tls = readTlsFiles(settings);
if (!tls) throw new Error('no TLS');
const app = await testApp(t, { authentication: new Authentication(tokens, { certificates }), tls });
await app.listen({ port: 0, host: '127.0.0.1' });
const { port } = app.server.address() as AddressInfo;

interface Asked {
  agent?: Agent;
  headers?: Record<string, string>;
  method?: string;
}
const ask = (path: string, asked: Asked = {}) =>
  request({ host: 'localhost', port, path, ca: readFileSync(ours.ca.cert), agent: false, ...asked });
async function get(path: string, asked: Asked & { pair?: Pair } = {}): Promise<[number, string]> {
  const { pair, ...options } = asked;
  const shown = pair && { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  const [answer] = (await once(ask(path, { ...options, ...shown }).end(), 'response')) as [IncomingMessage];
  return [answer.statusCode ?? 0, await text(answer)];
}

await t.test('a certificate lets in whom it is for, with the role that the subject has', async (t) => {
  const eye = ours.issue('eye', '/O=Example/CN=eye');
  t.equal((await get('/v1/operations', { pair: eye }))[0], 200);
  const [status, body] = await get('/v1/tokens', { pair: eye });
  t.equal(status, 403);
  t.match(body, 'CN=eye,O=Example has the role viewer');
  const orchestrator = ours.issue('orchestrator', '/CN=orchestrator');
  t.equal((await get('/v1/vms/x', { pair: orchestrator, method: 'DELETE' }))[0] === 403, false);
  t.equal((await get('/v1/tokens', { pair: orchestrator }))[0], 403);
  t.equal((await get('/v1/tokens', { pair: ours.issue('root', '/CN=root') }))[0], 200);
});

const theirs = new Authority(t);
const strangers: Record<string, [Pair, RegExp]> = {
  'whom nothing is granted': [
    ours.issue('nobody', '/CN=nobody'),
    /is of \\"CN=nobody\\", whom nothing is granted/,
  ],
  'of another authority': [theirs.issue('other', '/CN=root'), /is not valid: /],
  'made by itself': [new Authority(t, '/CN=root').ca, /is not valid: /],
  'that has expired': [ours.issue('late', '/CN=late', { days: -1 }), /is not valid: CERT_HAS_EXPIRED/],
  'that is for servers': [
    ours.issue('server2', '/CN=root', { extension: 'extendedKeyUsage=serverAuth' }),
    /is not valid: /,
  ],
  'without a subject': [ours.issue('bare', '/'), /is of \\"\\", whom nothing is granted/],
  'with half of a subject': [ours.issue('half', '/CN=eye'), /is of \\"CN=eye\\", whom nothing/],
};
for (const [what, [pair, says]] of Object.entries(strangers)) {
  await t.test(`one ${what} lets nobody in`, async (t) => {
    const [status, body] = await get('/v1/operations', { pair });
    t.equal(status, 401);
    t.match(body, says);
    t.match(body, '"type":"/problems/unauthorized"');
  });
}

await t.test(
  'without one, or with one that is none, a token does; and a wrong token is no help',
  async (t) => {
    const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
    const nobody = ours.issue('nobody2', '/CN=nobody');
    const root = ours.issue('root2', '/CN=root');
    t.equal((await get('/v1/tokens'))[0], 401);
    t.equal((await get('/v1/tokens', { headers: bearer(token) }))[0], 200);
    t.equal((await get('/v1/tokens', { pair: nobody, headers: bearer(token) }))[0], 200);
    t.equal((await get('/v1/tokens', { pair: root, headers: bearer('wrong') }))[0], 401);
  },
);

await t.test('one that expires lets in no longer, also over a connection that is there', async (t) => {
  const { cert, key } = ours.issue('root3', '/CN=root');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    cert: readFileSync(cert),
    key: readFileSync(key),
  });
  t.teardown(() => agent.destroy());
  t.equal((await get('/v1/tokens', { agent }))[0], 200);
  const events = ask('/v1/events', {
    agent: new Agent({ cert: readFileSync(cert), key: readFileSync(key) }),
  });
  const [stream] = (await once(events.end(), 'response')) as [IncomingMessage];
  t.equal(stream.statusCode, 200);

  const inTwoDays = Date.now() + 2 * 86_400_000;
  t.intercept(Date, 'now', { value: () => inTwoDays });
  const [status, body] = await get('/v1/tokens', { agent });
  t.equal(status, 401);
  t.match(body, "The client's certificate has expired.");
  app.eventReaders.cutOff();
  t.match(await text(stream), /event: events\.closed\ndata: .*unauthorized/);
});
