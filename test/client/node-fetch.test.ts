import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { nodeFetch } from '../../src/client/node-fetch.js';
import { Authority } from '../helpers/certificates.js';

/** A place for a socket, whose path must be short. */
function socketPlace(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return join(directory, 'sock');
}

/** A server until the end of the test. @returns its port */
async function listening(t: Test, server: Server, path?: string): Promise<number> {
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(path === undefined ? server.listen(0, '127.0.0.1') : server.listen(path), 'listening');
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

/** Answers with what it was asked. */
const echo: RequestListener = (request, response) => {
  void text(request).then((body) => {
    const { method, url, headers } = request;
    response.setHeader('x-more', ['a', 'b']).end(JSON.stringify({ method, url, headers, body }));
  });
};

await t.test('over a unix socket a request goes out and its answer comes in as with any fetch', async (t) => {
  const socketPath = socketPlace(t);
  await listening(t, createServer(echo), socketPath);
  const request = new Request('http://somewhere/a?b=c', {
    method: 'PUT',
    headers: { 'content-type': 'text/plain' },
    body: 'ü',
  });
  const answer = await nodeFetch({ socketPath })(request);
  t.match(answer, { status: 200, statusText: 'OK', ok: true });
  t.equal(answer.headers.get('x-more'), 'a, b');
  t.match(await answer.json(), {
    method: 'PUT',
    url: '/a?b=c',
    headers: { host: 'somewhere', 'content-type': 'text/plain', 'content-length': '2' },
    body: 'ü',
  });
});

await t.test('over a connection that is there', async (t) => {
  const port = await listening(t, createServer(echo));
  const socket = connect(port, '127.0.0.1');
  const answer = await nodeFetch({ createConnection: () => socket })(new Request('http://localhost/'));
  t.match(await answer.json(), { method: 'GET', headers: { host: 'localhost', connection: 'close' } });
});

for (const status of [204, 304]) {
  await t.test(`an answer ${status} has no body`, async (t) => {
    const port = await listening(
      t,
      createServer((_request, response) => response.writeHead(status, { etag: '"1"' }).end()),
    );
    const answer = await nodeFetch({})(new Request(`http://127.0.0.1:${port}/`));
    t.match(answer, { status, body: null });
    t.equal(answer.headers.get('etag'), '"1"');
  });
}

await t.test('over TLS, to a service of an authority that it was told of, as somebody', async (t) => {
  const authority = new Authority(t);
  const read = (file: string) => readFileSync(file, 'utf8');
  const server = authority.issue('server', '/CN=localhost', { extension: 'subjectAltName=IP:127.0.0.1' });
  const mine = authority.issue('client', '/CN=orchestrator');
  const ca = read(authority.ca.cert);
  const options = { cert: read(server.cert), key: read(server.key), ca, requestCert: true };
  const port = await listening(
    t,
    createTlsServer(options, ({ socket }, response) =>
      response.end(socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : 'nobody'),
    ),
  );
  const ask = () => new Request(`https://127.0.0.1:${port}/`);
  const answer = await nodeFetch({ ca, cert: read(mine.cert), key: read(mine.key) })(ask());
  t.equal(await answer.text(), 'orchestrator');
  await t.rejects(nodeFetch({})(ask()), { code: /UNABLE_TO_VERIFY|SELF_SIGNED/ });
});

await t.test('without an answer it rejects with the reason', async (t) => {
  const socketPath = socketPlace(t);
  await t.rejects(nodeFetch({ socketPath })(new Request('http://localhost/')), { code: 'ENOENT' });
  const port = await listening(
    t,
    createServer(({ socket }) => socket.destroy()),
  );
  await t.rejects(nodeFetch({})(new Request(`http://127.0.0.1:${port}/`)), { code: 'ECONNRESET' });
});

await t.test('an answer that ends in the middle, or is given up, rejects where it is read', async (t) => {
  const port = await listening(
    t,
    createServer(({ url, socket }, response) => {
      response.write('a', () => (url === '/cut' ? socket.destroy() : undefined));
    }),
  );
  const cut = await nodeFetch({})(new Request(`http://127.0.0.1:${port}/cut`));
  await t.rejects(cut.text());
  const abort = new AbortController();
  const given = await nodeFetch({})(new Request(`http://127.0.0.1:${port}/`, { signal: abort.signal }));
  const reader = given.body?.getReader();
  t.equal(Buffer.from((await reader?.read())?.value ?? []).toString(), 'a');
  abort.abort();
  await t.rejects(Promise.resolve(reader?.read()));
});
