import t from 'tap';
import { Worker } from 'node:worker_threads';
import * as lv from '../lib/index.js';
import { addonPath, collect, Collector, domainXML, failure, open } from './helpers.js';

type Lifecycle = lv.DomainEventMap['lifecycle'];
const changes = (events: Lifecycle[]): number[] => events.map(({ event }) => event);

await t.test('lifecycle events of all domains, and of one', async (t) => {
  await using connection = await open();
  const all = new Collector<Lifecycle>();
  const one = new Collector<Lifecycle>();
  await connection.domainEventRegister('lifecycle', all.add);
  const test = await connection.lookupDomainByName('test');
  await connection.domainEventRegister('lifecycle', one.add, test);
  const domain = await connection.domainDefineXMLFlags(domainXML('events'));
  await domain.create();
  await test.suspend();
  await test.resume();
  await domain.destroy();
  await domain.undefine();
  await all.until((events) => events.length >= 6);
  t.strictSame(changes(all.items), [
    lv.VIR_DOMAIN_EVENT_DEFINED,
    lv.VIR_DOMAIN_EVENT_STARTED,
    lv.VIR_DOMAIN_EVENT_SUSPENDED,
    lv.VIR_DOMAIN_EVENT_RESUMED,
    lv.VIR_DOMAIN_EVENT_STOPPED,
    lv.VIR_DOMAIN_EVENT_UNDEFINED,
  ]);
  t.match(all.items[0], { domain: { name: 'events', uuid: domain.uuid, id: -1 } });
  t.equal(all.items[4]?.detail, lv.VIR_DOMAIN_EVENT_STOPPED_DESTROYED);
  await one.until((events) => events.length >= 2);
  t.strictSame(changes(one.items), [lv.VIR_DOMAIN_EVENT_SUSPENDED, lv.VIR_DOMAIN_EVENT_RESUMED]);
});

await t.test('metadata changes', async (t) => {
  await using connection = await open();
  const seen = new Collector<lv.DomainEventMap['metadataChange']>();
  await connection.domainEventRegister('metadataChange', seen.add);
  const domain = await connection.domainDefineXMLFlags(domainXML('meta'));
  await domain.setMetadata(lv.VIR_DOMAIN_METADATA_TITLE, 'x');
  await domain.setMetadata(lv.VIR_DOMAIN_METADATA_ELEMENT, '<x/>', 'p', 'urn:x');
  await seen.until((events) => events.length >= 2);
  t.match(seen.items, [
    { domain: { name: 'meta' }, type: lv.VIR_DOMAIN_METADATA_TITLE, uri: null },
    { domain: { name: 'meta' }, type: lv.VIR_DOMAIN_METADATA_ELEMENT, uri: 'urn:x' },
  ]);
  await domain.undefine();
});

await t.test('every kind can be registered', async (t) => {
  await using connection = await open();
  const kinds = [
    'lifecycle',
    'reboot',
    'deviceAdded',
    'deviceRemoved',
    'deviceRemovalFailed',
    'jobCompleted',
    'migrationIteration',
    'metadataChange',
    'agentLifecycle',
  ] as const;
  for (const kind of kinds) {
    const subscription = await connection.domainEventRegister(kind, () => undefined);
    await subscription.close();
    await subscription.close();
  }
  const open_ = await Promise.all(kinds.map((kind) => connection.domainEventRegister(kind, () => undefined)));
  t.equal(await connection.close(), 0);
  for (const subscription of open_) await subscription.close();
});

await t.test('nothing is lost before, and nothing comes after, close of a subscription', async (t) => {
  await using connection = await open();
  const witness = new Collector<Lifecycle>();
  await connection.domainEventRegister('lifecycle', witness.add);
  const domain = await connection.lookupDomainByName('test');
  for (let round = 0; round < 50; round++) {
    let after = 0;
    let isClosed = false;
    const seen = new Collector<Lifecycle>();
    const subscription = await connection.domainEventRegister('lifecycle', (event) => {
      if (isClosed) after++;
      seen.add(event);
    });
    await domain.suspend();
    await seen.until((events) => events.length === 1);
    const resumed = domain.resume();
    isClosed = true;
    await Promise.all([subscription.close(), resumed]);
    await witness.until((events) => events.length === 2 * (round + 1));
    t.equal(after, 0);
  }
});

await t.test('a subscription keeps a forgotten connection', async (t) => {
  await using other = await open();
  const seen = new Collector<Lifecycle>();
  const subscription = await (async () => (await open()).domainEventRegister('lifecycle', seen.add))();
  await collect();
  const domain = await other.lookupDomainByName('test');
  await domain.suspend();
  await domain.resume();
  await seen.until((events) => events.length >= 2);
  await subscription.close();
  t.equal(await other.close(), 0);
});

await t.test('listeners to the same events share what libvirt takes once', async (t) => {
  await using connection = await open();
  const domain = await connection.lookupDomainByName('test');
  const seen = [new Collector<Lifecycle>(), new Collector<Lifecycle>(), new Collector<Lifecycle>()] as const;
  const [one, two] = await Promise.all(
    seen.slice(0, 2).map(({ add }) => connection.domainEventRegister('lifecycle', add)),
  );
  await domain.suspend();
  await seen[0].until((events) => events.length === 1);
  await seen[1].until((events) => events.length === 1);
  const [, , three] = await Promise.all([
    one?.close(),
    two?.close(),
    connection.domainEventRegister('lifecycle', seen[2].add),
  ]);
  await domain.resume();
  await seen[2].until((events) => events.length === 1);
  await three.close();
  t.strictSame(
    seen.map(({ items }) => items.length),
    [1, 1, 1],
  );
  t.equal(await connection.close(), 0);
});

await t.test("another connection's domain is refused", async (t) => {
  await using connection = await open();
  await using other = await open();
  const domain = await other.lookupDomainByName('test');
  await t.rejects(
    connection.domainEventRegister('lifecycle', () => undefined, domain),
    TypeError,
  );
});

await t.test('more events than this thread takes: the newest are dropped and counted', async (t) => {
  await using connection = await open();
  const seen = new Collector<Lifecycle>();
  const lost = new Collector<number>();
  connection.onEventsLost(lost.add);
  await connection.domainEventRegister('lifecycle', seen.add);
  // A second thread makes events while this one stands still.
  const made = 3000;
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads');
     const flag = workerData.flag;
     (async () => {
       const lv = require(workerData.addonPath);
       const connection = await lv.Connection.open('test:///default', false, 5, 0, 0, 2);
       const domain = await connection.lookupDomainByName('test');
       const seen = { count: 0, done: () => undefined };
       const all = new Promise((resolve) => (seen.done = resolve));
       await connection.domainEventRegister('lifecycle', () => {
         if (++seen.count === workerData.made) seen.done();
       }, null);
       for (let i = 0; i < workerData.made; i += 2) {
         await domain.suspend();
         await domain.resume();
       }
       const hold = setInterval(() => undefined, 1000);
       await all;
       clearInterval(hold);
       await connection.close();
       Atomics.store(flag, 0, 1);
       Atomics.notify(flag, 0);
     })();`,
    {
      eval: true,
      execArgv: [],
      workerData: { flag, made, addonPath },
    },
  );
  const ended = new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  await new Promise((resolve) => worker.on('online', resolve));
  t.not(Atomics.wait(flag, 0, 0, 60_000), 'timed-out');
  await lost.until((counts) => counts.length > 0);
  t.equal(seen.items.length + lost.items.reduce((a, b) => a + b), made);
  t.equal(seen.items.length, 1024);
  await ended;
});

await t.test('a registration that is refused leaves nothing', async (t) => {
  await using connection = await open();
  const domain = await connection.domainCreateXML(domainXML('gone'));
  await domain.destroy();
  const error = failure(connection.domainEventRegister('lifecycle', () => undefined, 5 as never));
  t.ok((await error) instanceof TypeError);
  t.equal(await connection.close(), 0);
});
