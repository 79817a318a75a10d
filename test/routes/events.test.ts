import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { TokenStore } from '../../src/state/tokens.js';
import { ask, problemOf, storedToken, testApp, token } from '../helpers/app.js';
import { eventsIn, typesIn } from '../helpers/events.js';

async function listening(t: Test, options?: Parameters<typeof testApp>[1]): Promise<FastifyInstance> {
  const app = await testApp(t, options);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app;
}
const portOf = (app: FastifyInstance) => (app.server.address() as AddressInfo).port;

/** A client that has all that came so far. */
class Client {
  readonly response: Response;
  #text = '';
  readonly ended: Promise<void>;

  private constructor(response: Response, controller: AbortController) {
    this.response = response;
    this.abort = () => controller.abort();
    this.ended = (async () => {
      for await (const chunk of response.body ?? [])
        this.#text += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
  }

  readonly abort: () => void;

  static async open(app: FastifyInstance, query = '', headers: Record<string, string> = {}): Promise<Client> {
    const controller = new AbortController();
    const url = `http://127.0.0.1:${portOf(app)}/v1/events${query}`;
    const authorization = `Bearer ${token}`;
    const { signal } = controller;
    return new Client(await fetch(url, { headers: { authorization, ...headers }, signal }), controller);
  }

  async types(...last: string[]): Promise<string[]> {
    while (!typesIn(this.#text).includes(last[0] ?? '')) await delay(5);
    return typesIn(this.#text);
  }

  get events() {
    return eventsIn(this.#text);
  }
}

await t.test('the stream of what happens', async (t) => {
  const app = await listening(t);
  const client = await Client.open(app, '?types=nwfilter.*');
  t.equal(client.response.status, 200);
  t.match(Object.fromEntries(client.response.headers), {
    'content-type': /^text\/event-stream/,
    'cache-control': 'no-store',
    connection: 'close',
  });
  app.events.publish('nwfilter.defined', { nwfilter: 'a' });
  app.events.publish('operation.started', {
    operation: '6695eb01-f6a4-8304-79aa-97f2502e193f',
    kind: 'x',
  });
  app.events.publish('nwfilter.deleted', { nwfilter: 'a' });
  t.strictSame(await client.types('nwfilter.deleted'), ['nwfilter.defined', 'nwfilter.deleted']);

  const id = client.events[0]?.id ?? '';
  client.abort();
  const again = await Client.open(app, '?types=nwfilter.*,operation.*', { 'last-event-id': id });
  t.strictSame(await again.types('nwfilter.deleted'), ['operation.started', 'nwfilter.deleted']);
  again.abort();
  while (app.eventReaders.count > 0) await delay(5);
  t.pass('those who go away are not kept');

  const foreign = await Client.open(app, '?types=nwfilter.*', { 'last-event-id': 'other-1' });
  t.strictSame(await foreign.types('nwfilter.deleted'), [
    'events.lost',
    'nwfilter.defined',
    'nwfilter.deleted',
  ]);
  foreign.abort();
});

await t.test('what is refused', async (t) => {
  const app = await testApp(t);
  const unknown = await ask(app, { url: '/v1/events?types=vm.*,vm.exploded' });
  t.match(problemOf(t, unknown), {
    type: '/problems/invalid-request',
    detail: /"vm\.exploded"/,
    errors: [{ path: 'query/types' }],
  });
  for (const query of ['?types=vm.*&types=nic.*', `?types=${'x'.repeat(2000)}`])
    t.match(problemOf(t, await ask(app, { url: `/v1/events${query}` })), {
      errors: [{ path: 'query/types' }],
    });
  const headers = { 'last-event-id': 'x'.repeat(200) };
  t.equal((await ask(app, { url: '/v1/events', headers })).statusCode, 400);
  t.equal((await app.inject('/v1/events')).statusCode, 401);
  t.equal((await ask(app, { method: 'HEAD', url: '/v1/events' })).statusCode, 404);
  t.equal(app.eventReaders.count, 0);
});

await t.test('the 65th reader is to come again later, and the 17th of one caller', async (t) => {
  const names = ['a', 'b', 'c', 'd'];
  const tokens = [storedToken(token), ...names.map((name) => storedToken(name, { name }))];
  const app = await listening(t, { tokens: TokenStore.inMemory(tokens) });
  const open = (name: string, count: number) =>
    Array.from({ length: count }, () =>
      Client.open(app, '?types=nwfilter.*', { authorization: `Bearer ${name}` }),
    );
  const clients = await Promise.all(open('a', 16));
  const [seventeenth] = await Promise.all(open('a', 1));
  t.equal(seventeenth?.response.status, 429);
  clients.push(...(await Promise.all(['b', 'c', 'd'].flatMap((name) => open(name, 16)))));
  const refused = await ask(app, { url: '/v1/events' });
  t.equal(refused.statusCode, 429);
  t.match(refused.headers['retry-after'], /^\d+$/);
  t.equal(problemOf(t, refused).type, '/problems/too-many-readers');
  app.events.publish('nwfilter.defined', { nwfilter: 'a' });
  for (const client of clients) t.strictSame(await client.types('nwfilter.defined'), ['nwfilter.defined']);
  clients[0]?.abort();
  while (app.eventReaders.count === 64) await delay(5);
  const next = await Client.open(app);
  t.equal(next.response.status, 200);
  next.abort();
  for (const client of clients) client.abort();
});

/** A socket on which the stream is asked for, and nothing read. */
async function deafSocket(app: FastifyInstance): Promise<Socket> {
  const socket = connect(portOf(app), '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`);
  while (app.eventReaders.count === 0) await delay(5);
  return socket;
}

/** Publishes until the reader has been given up. */
async function flood(app: FastifyInstance, before: number): Promise<void> {
  let ended = false;
  for (let i = 0; !ended && i < 2000; i += 1) {
    app.events.publish('nwfilter.defined', { nwfilter: 'x'.repeat(50_000) });
    await delay(0);
    ended = app.eventReaders.count < before;
  }
}

await t.test('a socket that does not read holds up nobody, and is cut off', async (t) => {
  const app = await listening(t);
  const deaf = await deafSocket(app);
  const good = await Client.open(app, '?types=nwfilter.deleted');
  await flood(app, 2);
  app.events.publish('nwfilter.deleted', { nwfilter: 'a' });
  t.strictSame(await good.types('nwfilter.deleted'), ['nwfilter.deleted']);
  while (app.eventReaders.count > 1) await delay(20);
  t.pass('it is gone after its grace');
  good.abort();
  deaf.destroy();
});

await t.test('one that reads again in time is told why it is ended', async (t) => {
  const app = await listening(t);
  const slow = await deafSocket(app);
  for (let i = 0; i < 300; i += 1) {
    app.events.publish('nwfilter.defined', { nwfilter: 'x'.repeat(50_000) });
    await delay(0);
  }
  let text = '';
  slow.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2000)));
  slow.resume();
  await once(slow, 'end');
  t.match(text, /event: events\.closed\ndata: .*"slow"/);
});

await t.test('the end of the service ends the streams', async (t) => {
  const app = await listening(t);
  const client = await Client.open(app);
  const began = performance.now();
  await app.close();
  await client.ended;
  t.match(client.events.at(-1), { type: 'events.closed', data: { reason: 'shutdown' } });
  t.ok(performance.now() - began < 3000, 'at once');
});

await t.test('also one that nobody reads', async (t) => {
  const app = await listening(t);
  const deaf = await deafSocket(app);
  for (let i = 0; i < 100; i += 1) {
    app.events.publish('nwfilter.defined', { nwfilter: 'x'.repeat(50_000) });
    await delay(0);
  }
  await app.close();
  // its connection is gone, and with it, at the next turn, the reader
  while (app.eventReaders.count > 0) await delay(5);
  t.pass('it is not waited for');
  deaf.destroy();
});
