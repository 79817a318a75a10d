import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { TokenStore } from '../../src/state/tokens.js';
import { ask, problemOf, storedToken, testApp, token } from '../helpers/app.js';

async function listening(t: Test): Promise<{ app: FastifyInstance; port: number }> {
  const app = await testApp(t, { requestsPerMinute: 60_000 });
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** Short enough for a socket. */
function socketPath(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'virtwarden-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return join(directory, 'sock');
}

/** What an honest client gets, over a connection of its own. */
async function honest(at: number | { socketPath: string }): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  const to = typeof at === 'number' ? { port: at } : at;
  const asked = request({ ...to, path: '/v1/operations', headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  answer.resume();
  return answer.statusCode;
}

/** What comes over a connection, up to so many answers. */
async function taken(socket: Socket, count: number): Promise<string> {
  let answers = '';
  for await (const data of socket.resume() as AsyncIterable<Buffer>) {
    answers += data.toString('latin1');
    if (answers.split('HTTP/1.1 ').length > count && answers.endsWith('}')) break;
  }
  return answers;
}

/** @param to a port, or the path of a socket */
async function opened(t: Test, to: number | string): Promise<Socket> {
  const socket = typeof to === 'string' ? connect(to) : connect(to, '127.0.0.1');
  socket.on('error', () => undefined); // cut off, as it is to be
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

await t.test('those who ask for the document and do not take it fill no memory', async (t) => {
  const app = await testApp(t, { requestsPerMinute: 60_000 });
  // the kernel itself holds less of an answer here than for TCP
  const service = socketPath(t);
  await app.listen({ path: service });
  for (const path of ['/openapi.json', '/docs/json', '/docs/yaml']) {
    const ask = (count: number): Promise<Socket[]> =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const socket = await opened(t, service);
          socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
          await once(socket, 'readable');
          return socket;
        }),
      );
    await ask(1);
    const before = process.memoryUsage().rss;
    await ask(300);
    const grown = (process.memoryUsage().rss - before) / 1024 ** 2;
    t.ok(grown < 60, `${path}: ${grown.toFixed(0)} MiB`);
  }
});

await t.test('those who send slowly are sent away, and others served meanwhile', async (t) => {
  const { port } = await listening(t);
  const sockets = await Promise.all(Array.from({ length: 600 }, () => opened(t, port)));
  const beginnings = [
    'GET /v1/vms HTTP/1.1\r\nHost: localhost\r\nX-Slow: ',
    'GET /v',
    `POST /v1/vms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n{`,
  ];
  sockets.forEach((socket, i) => socket.write(beginnings[i % beginnings.length] ?? ''));
  for (let i = 0; i < 20; i++) t.equal(await honest(port), 200);
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write('x');
  }, 500);
  t.teardown(() => clearInterval(drip));
  const said = await Promise.all(sockets.map((socket) => text(socket).catch(() => '')));
  t.ok(said.every((answer) => answer === '' || answer.startsWith('HTTP/1.1 408 ')));
  t.match(
    said.find((answer) => answer !== ''),
    /"type":"\/problems\/request-timeout"/,
  );
  t.equal(await honest(port), 200);
});

await t.test('what is no HTTP is answered by a problem', async (t) => {
  const { port } = await listening(t);
  const say = async (what: string): Promise<string> => {
    const socket = await opened(t, port);
    socket.write(what);
    return text(socket);
  };
  t.match(await say('hello\r\n\r\n'), /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*invalid-request/);
  const long = `GET /v1/vms HTTP/1.1\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`;
  t.match(await say(long), /^HTTP\/1\.1 431 [^]*headers-too-large/);
  const nameless = await say('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n');
  t.match(nameless, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*headers\/Host is required/);
});

await t.test('what is expected of the service beyond what it knows is passed over', async (t) => {
  const { port } = await listening(t);
  const socket = await opened(t, port);
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n');
  t.match(await text(socket), /^HTTP\/1\.1 200 /);
});

await t.test(
  'a flood of wrong tokens is turned away, and the right one from the same address is served',
  async (t) => {
    const { port } = await listening(t);
    const socket = await opened(t, port);
    const count = 3000;
    let answers = '';
    socket.on('data', (data: Buffer) => (answers += data.toString('latin1')));
    const one = 'GET /v1/vms HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\n\r\n';
    socket.write(one.repeat(count));
    for (let i = 0; i < 20; i++) t.equal(await honest(port), 200);
    const seen = (status: number): number => answers.split(`HTTP/1.1 ${status} `).length - 1;
    while (seen(401) + seen(429) < count) await once(socket, 'data');
    t.ok(seen(401) > 0 && seen(429) > count / 2, `${seen(401)} of 401, ${seen(429)} of 429`);
    t.match(answers, /retry-after: \d+/);
    t.equal(await honest(port), 200);
  },
);

await t.test('a caller that asks too often is told when to come back', async (t) => {
  const app = await testApp(t, { requestsPerMinute: 600 });
  const answers: LightMyRequestResponse[] = [];
  for (let i = 0; i < 150; i++) answers.push(await ask(app, { url: '/v1/operations' }));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  t.equal(refused.length, 50);
  const [first] = refused;
  if (first) t.match(problemOf(t, first).detail, /come back in \d+ s/);
  t.match(first?.headers['retry-after'], /^\d+$/);
  for (const url of ['/healthz', '/readyz'])
    for (let i = 0; i < 150; i++)
      t.not((await app.inject(url)).statusCode, 429, 'the supervisor is always answered');
});

await t.test('what is too large is refused before it is read', async (t) => {
  const { app } = await listening(t);
  const huge = JSON.stringify({ name: 'x'.repeat(300 * 1024) });
  const headers = { 'content-type': 'application/json' };
  const response = await ask(app, { method: 'POST', url: '/v1/vms', headers, payload: huge });
  t.equal(response.statusCode, 413);
  t.equal(problemOf(t, response).type, '/problems/body-too-large');
});

await t.test('answers that nobody takes are counted until they are taken', async (t) => {
  const filler = Array.from({ length: 300 }, (_, i) => storedToken(`${i}`, { name: `token-${i}` }));
  const app = await testApp(t, { tokens: TokenStore.inMemory([storedToken(token), ...filler]) });
  const path = socketPath(t);
  await app.listen({ path }); // which takes less of what nobody reads than TCP does
  const sockets = await Promise.all(Array.from({ length: 80 }, () => opened(t, path)));
  const one = `GET /v1/tokens HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  for (const each of sockets) each.pause().write(one.repeat(20));
  for (let i = 0; i < 5; i++) await honest({ socketPath: path }); // by then all were read
  const answers = await Promise.all(sockets.map((each) => taken(each, 20)));
  const seen = (status: number): number => answers.join('').split(`HTTP/1.1 ${status} `).length - 1;
  t.equal(seen(200) + seen(429), 80 * 20);
  t.ok(seen(429) > 0, `${seen(429)} of 429: the caller had as many under way as it may`);
  t.equal(await honest({ socketPath: path }), 200, 'and has none now');
});
