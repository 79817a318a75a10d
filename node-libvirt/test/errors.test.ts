import t from 'tap';
import * as lv from '../lib/index.js';
import { failure, open } from './helpers.js';

await t.test('a failed call rejects with all that libvirt said', async (t) => {
  await using connection = await open();
  const error = await failure(connection.lookupDomainByName('no-such-domain'));
  t.ok(error instanceof lv.LibvirtError);
  t.ok(error instanceof Error);
  t.equal(error.name, 'LibvirtError');
  t.equal(error.code, lv.VIR_ERR_NO_DOMAIN);
  t.equal(error.codeName, 'VIR_ERR_NO_DOMAIN');
  t.equal(error.domain, lv.VIR_FROM_TEST);
  t.equal(error.domainName, 'VIR_FROM_TEST');
  t.equal(error.level, lv.VIR_ERR_ERROR);
  t.equal(error.call, 'virDomainLookupByName');
  t.match(error.message, /Domain not found/);
  t.match(error.stack, /errors\.test\.ts/, 'the stack leads to the caller');
});

await t.test('errors of calls at the same time are not mixed up', async (t) => {
  await using connection = await open();
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, async (_, i) => {
      if (i % 3 === 0) return (await failure(connection.lookupDomainByName('x'))).code;
      if (i % 3 === 1) return (await failure(connection.lookupNetworkByName('x'))).code;
      return (await failure(connection.lookupDomainById(-5))).code;
    }),
  );
  const expected = [lv.VIR_ERR_NO_DOMAIN, lv.VIR_ERR_NO_NETWORK, lv.VIR_ERR_INVALID_ARG];
  t.ok(outcomes.every((code, i) => code === expected[i % 3]));
});

await t.test('an open that fails', async (t) => {
  const error = await failure(lv.Connection.open('no-such-driver:///x'));
  t.ok(error instanceof lv.LibvirtError);
  t.equal(error.call, 'virConnectOpen');
  const other = await failure(lv.Connection.open('test:///no/such/file'));
  t.ok(other instanceof lv.LibvirtError);
  t.equal((await failure(lv.Connection.open('bad uri'))).call, 'virConnectOpen');
});

await t.test('a connection that only reads refuses changes', async (t) => {
  await using connection = await open({ readOnly: true });
  const domain = await connection.lookupDomainByName('test');
  t.equal((await failure(domain.suspend())).code, lv.VIR_ERR_OPERATION_DENIED);
  t.equal((await domain.getState()).state, lv.VIR_DOMAIN_RUNNING);
});

await t.test('arguments that are none reject with TypeError or RangeError', async (t) => {
  await using connection = await open();
  const domain = await connection.lookupDomainByName('test');
  const type = (promise: Promise<unknown>): Promise<unknown> => t.rejects(promise, TypeError);
  const range = (promise: Promise<unknown>): Promise<unknown> => t.rejects(promise, RangeError);
  await type(connection.lookupDomainByName(1 as never));
  await type(connection.lookupDomainByName('nul\0inside'));
  await type(connection.lookupDomainById('1' as never));
  await type(domain.setAutostart(1 as never));
  await type(domain.getMetadata(0, 7 as never));
  await type(domain.migrateToURI3(null, { x: {} as never }));
  await type(domain.migrateToURI3(null, 'x' as never));
  await type(connection.domainEventRegister('no-such-event' as never, () => undefined));
  await type(connection.domainEventRegister('lifecycle', 'listener' as never));
  await range(domain.getXMLDesc(-1));
  await range(domain.getXMLDesc(2 ** 32));
  await range(domain.getXMLDesc(1.5));
  await range(domain.getXMLDesc(NaN));
  await range(domain.setMemory(-1));
  await range(domain.migrateToURI3(null, { bandwidth: -1 }));
  await range(domain.migrateToURI3(null, { bandwidth: 2n ** 65n }));
  await range(open({ maxInFlight: 1 }));
  await range(open({ maxInFlight: 257 }));
  await range(open({ slowInFlight: 0 }));
  await range(open({ slowInFlight: 5 }));
  await type(lv.Connection.open(undefined as never));
});

await t.test('numbers that libvirt may add have names too', (t) => {
  const error = new lv.LibvirtError('x', { code: 9999, domain: 9998, level: 2, call: 'f' });
  t.equal(error.codeName, 'VIR_ERR_9999');
  t.equal(error.domainName, 'VIR_FROM_9998');
  t.end();
});
