import { networkInterfaces } from 'node:os';
import { readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import t from 'tap';
import {
  attributeOf,
  bodyOf,
  type DumpRequest,
  eachAttribute,
  messagesOf,
  Netlink,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  textAt,
  textAttribute,
} from '../lib/index.js';

const links: DumpRequest = { type: 18, body: Buffer.alloc(16) };
const addresses: DumpRequest = { type: 22, body: Buffer.alloc(8) };
const route = new Netlink(NETLINK_ROUTE);

/** The strings that are the attribute of a type, behind a fixed header. */
const namesIn = (dump: Buffer, header: number, type: number): string[] =>
  messagesOf(dump).flatMap((message) => {
    const { from, to } = bodyOf(message);
    const name = attributeOf(dump, { from: from + header, to }, type);
    return name ? textAt(dump, name) : [];
  });

await t.test('each request has its answer, in order', async (t) => {
  const [ofLinks, ofAddresses, again] = await route.dump([links, addresses, links]);
  if (!ofLinks || !ofAddresses || !again) throw new Error('an answer is missing');
  t.strictSame(namesIn(ofLinks, 16, 3).sort(), readdirSync('/sys/class/net').sort());
  t.strictSame(namesIn(again, 16, 3), namesIn(ofLinks, 16, 3));
  const withIpv4 = Object.entries(networkInterfaces()).filter(([, of]) =>
    of?.some(({ family }) => family === 'IPv4'),
  );
  for (const [name] of withIpv4) t.ok(namesIn(ofAddresses, 8, 3).includes(name), name);
});

await t.test('of nothing nothing is answered', async (t) => {
  t.strictSame(await route.dump([]), []);
});

await t.test('many at once', async (t) => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => route.dump([links])));
  const [first] = answers[0] ?? [];
  for (const [one] of answers) t.strictSame(one && namesIn(one, 16, 3), first && namesIn(first, 16, 3));
});

await t.test('what the kernel refuses is told as a system error', async (t) => {
  await t.rejects(new Netlink(9999).dump([links]), {
    code: 'EPROTONOSUPPORT',
    errno: -93,
    message: /socket/,
  });
  const noSubsystem = { type: 0xff00, body: Buffer.alloc(4) };
  await t.rejects(new Netlink(NETLINK_NETFILTER).dump([noSubsystem]), { message: /netlink/, code: /^E/ });
});

await t.test('a dump that the kernel breaks off is an error, not an answer', async (t) => {
  // the links of a namespace that there is not, which is refused in the message that ends the dump
  const elsewhere = Buffer.alloc(8);
  elsewhere.set(new Uint8Array(new Uint16Array([8, 46]).buffer));
  elsewhere.writeInt32LE(12345, 4);
  await t.rejects(route.dump([{ type: 18, body: Buffer.concat([links.body, elsewhere]) }]), {
    code: 'EINVAL',
  });
});

await t.test('what is no request is refused before anything is asked', async (t) => {
  const body = Buffer.alloc(16);
  for (const type of [-1, 0x10000, 1.5, NaN, '18'])
    await t.rejects(route.dump([links, { type: type as number, body }]), RangeError);
  for (const wrong of [undefined, null, 'text', [1]])
    await t.rejects(route.dump([{ type: 18, body: wrong as unknown as Uint8Array }]), TypeError);
});

await t.test('a part that ends within an attribute, or says nonsense, is not read beyond its end', (t) => {
  const good = textAttribute(3, 'eth0');
  t.equal(good.length % 4, 0);
  const name = attributeOf(good, { from: 0, to: good.length }, 3);
  t.equal(name && textAt(good, name), 'eth0');
  t.equal(attributeOf(good, { from: 0, to: 3 }, 3), undefined);
  const found: number[] = [];
  for (const length of [0, 1, 3, 0xffff]) {
    const bad = Buffer.concat([good, good]);
    bad.writeUInt16LE(length, 0);
    eachAttribute(bad, { from: 0, to: bad.length }, (type) => found.push(type));
    const dump = Buffer.alloc(64);
    dump.writeUInt32LE(length, 0);
    t.strictSame(messagesOf(dump), [], `a message of ${length} bytes`);
  }
  t.strictSame(found, []);
  t.end();
});

await t.test('a thread that is ended while it asks takes nothing with it', async (t) => {
  // it listens, so that it is there to be ended even if all answers come first
  const code = `
    const { Netlink } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)});
    const body = new Uint8Array(16);
    for (let i = 0; i < 50; i++) void new Netlink(0).dump([{ type: 18, body }]);
    const { parentPort } = await import('node:worker_threads');
    parentPort.on('message', () => undefined);
    parentPort.postMessage('asked');`;
  for (let i = 0; i < 10; i++) {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    await once(worker, 'message');
    t.equal(await worker.terminate(), 1);
  }
});
