import t from 'tap';
import * as lv from '../lib/index.js';
import { collect, domainXML, failure, open } from './helpers.js';

const closed = { name: 'ClosedError', code: 'ERR_LIBVIRT_CLOSED' };

await t.test('closing leaves no reference, also with objects open', async (t) => {
  const connection = await open();
  const objects = [
    ...(await connection.listAllDomains()),
    ...(await connection.listAllNetworks()),
    ...(await connection.listAllStoragePools()),
  ];
  t.ok(objects.length >= 3);
  t.equal(await connection.close(), 0);
  for (const object of objects) {
    t.equal(object.closed, true);
    t.match(await failure(object.getXMLDesc()), closed);
    await object.close();
  }
});

await t.test('closing twice', async (t) => {
  const connection = await open();
  const domain = await connection.lookupDomainByName('test');
  await domain.close();
  await domain.close();
  t.equal(domain.closed, true);
  t.ok((await failure(domain.getState())) instanceof lv.ClosedError);
  t.equal(connection.closed, false);
  const [one, two] = await Promise.all([connection.close(), connection.close()]);
  t.strictSame([one, two, await connection.close()], [0, 0, 0]);
  t.equal(connection.closed, true);
  t.match(await failure(connection.getURI()), closed);
  t.match(await failure(connection.domainEventRegister('lifecycle', () => undefined)), closed);
  await connection[Symbol.asyncDispose]();
});

await t.test('a domain closed while its calls are in flight', async (t) => {
  await using connection = await open();
  const domain = await connection.lookupDomainByName('test');
  const calls = Array.from({ length: 100 }, () => domain.getXMLDesc());
  await domain.close();
  const outcomes = await Promise.all(calls);
  t.ok(outcomes.every((xml) => xml.includes('<name>test</name>')));
});

await t.test('a connection closed under load: what entered finishes, what comes is refused', async (t) => {
  for (let round = 0; round < 20; round++) {
    const connection = await open();
    const domains = await connection.listAllDomains();
    const load = Array.from({ length: 200 }, (_, i) =>
      i % 2 === 0 ? connection.getAllDomainsXML() : connection.lookupDomainByName('test'),
    );
    const subscription = connection.domainEventRegister('lifecycle', () => undefined);
    const closing = connection.close();
    const late = failure(connection.getURI());
    t.equal((await Promise.all(load)).length, 200);
    await (await subscription).close();
    t.equal(await closing, 0);
    t.match(await late, closed);
    t.ok(domains.every((domain) => domain.closed));
  }
});

await t.test('collected under load', async (t) => {
  await using keeper = await open();
  const forgotten: WeakRef<object>[] = [];
  for (let round = 0; round < 30; round++) {
    // Neither the connection nor the domain is held by anyone but the calls in flight.
    const results = await (async () => {
      const connection = await open();
      const domain = await connection.lookupDomainByName('test');
      forgotten.push(new WeakRef(connection), new WeakRef(domain));
      return Array.from({ length: 50 }, (_, i) =>
        i % 2 === 0 ? domain.getXMLDesc() : connection.getHostname(),
      );
    })();
    await collect();
    t.ok((await Promise.all(results)).every((text) => text.length > 0));
  }
  await collect();
  const left = forgotten.filter((reference) => reference.deref() !== undefined);
  t.ok(left.length < 10, `${left.length} of ${forgotten.length} not collected`);
  t.equal(await keeper.isAlive(), true);
});

await t.test('a domain keeps its connection', async (t) => {
  const domain = await (async () => (await open()).lookupDomainByName('test'))();
  await collect();
  t.equal((await domain.getState()).state, lv.VIR_DOMAIN_RUNNING);
});

await t.test('slow calls do not hold up quick ones', async (t) => {
  await using connection = await open({ maxInFlight: 2 });
  const order: string[] = [];
  const slow = Array.from({ length: 200 }, async (_, i) => {
    const domain = await connection.domainDefineXMLFlags(domainXML(`slow-${i}`));
    await domain.create();
    await domain.destroy();
    await domain.undefine();
    if (i === 199) order.push('slow');
  });
  await connection.getHostname();
  order.push('quick');
  await Promise.all(slow);
  t.strictSame(order, ['quick', 'slow']);
});
