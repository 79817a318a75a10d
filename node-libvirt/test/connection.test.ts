import t from 'tap';
import * as lv from '../lib/index.js';
import { domainXML, failure, open, uri } from './helpers.js';

await t.test('what a connection tells', async (t) => {
  await using connection = await open();
  t.equal(await connection.isAlive(), true);
  t.equal(await connection.getURI(), uri);
  t.equal(await connection.getType(), 'TEST');
  t.match(await connection.getHostname(), /./);
  t.equal(await connection.getVersion(), 2);
  t.ok((await connection.getLibVersion()) >= 9_000_000);
  t.match(await connection.getCapabilities(), /<capabilities>/);
  const call = 'virConnectGetDomainCapabilities';
  t.match(await failure(connection.getDomainCapabilities()), { code: lv.VIR_ERR_NO_SUPPORT, call });
  t.equal(connection.closed, false);
});

await t.test(
  'a driver of this process has no keepalive: no obstacle to open, an error when asked',
  async (t) => {
    await using connection = await open({ keepAlive: { interval: 1, count: 1 } });
    t.equal((await failure(connection.setKeepAlive(5, 3))).code, lv.VIR_ERR_NO_SUPPORT);
    await using without = await open({ keepAlive: false });
    t.equal(await without.isAlive(), true);
  },
);

await t.test('lists and lookups', async (t) => {
  await using connection = await open();
  const defined = await connection.domainDefineXMLFlags(domainXML('defined'));
  const names = (domains: lv.Domain[]): string[] => domains.map(({ name }) => name).sort();
  t.strictSame(names(await connection.listAllDomains()), ['defined', 'test']);
  t.strictSame(names(await connection.listAllDomains(lv.VIR_CONNECT_LIST_DOMAINS_ACTIVE)), ['test']);
  t.strictSame(names(await connection.listAllDomains(lv.VIR_CONNECT_LIST_DOMAINS_INACTIVE)), ['defined']);
  t.equal((await connection.lookupDomainByUUIDString(defined.uuid)).name, 'defined');
  const test = await connection.lookupDomainByName('test');
  t.equal((await connection.lookupDomainById(await test.getID())).uuid, test.uuid);
  await defined.undefine();
  t.strictSame(names(await connection.listAllDomains()), ['test']);
});

await t.test('all domains with their XML', async (t) => {
  await using connection = await open({ maxInFlight: 8 });
  const made = [];
  for (let i = 0; i < 50; i++) {
    made.push(await connection.domainDefineXMLFlags(domainXML(`many-${i}`)));
  }
  await made[7]?.setAutostart(true);
  await made[8]?.create();
  const all = await connection.getAllDomainsXML();
  t.equal(all.length, 51);
  for (const row of all) {
    t.match(row.xml, `<name>${row.name}</name>`);
    t.match(row.xml, `<uuid>${row.uuid}</uuid>`);
    t.equal(row.persistent, true);
    t.equal(row.autostart, row.name === 'many-7');
    const running = row.name === 'many-8' || row.name === 'test';
    t.equal(row.state, running ? lv.VIR_DOMAIN_RUNNING : lv.VIR_DOMAIN_SHUTOFF);
    t.equal(row.id > 0, running);
  }
  const of = async (flags: number): Promise<string[]> =>
    (await connection.getAllDomainsXML(flags)).map((row) => row.name).sort();
  t.strictSame(await of(lv.VIR_CONNECT_LIST_DOMAINS_ACTIVE), ['many-8', 'test']);
  t.strictSame(await of(lv.VIR_CONNECT_LIST_DOMAINS_AUTOSTART), ['many-7']);
  t.equal((await of(lv.VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART)).length, 50);
  t.strictSame(await of(lv.VIR_CONNECT_LIST_DOMAINS_TRANSIENT), []);
  const definitions = new Map(
    (await connection.getAllDomainsXML(0, 0, true)).map(({ name, inactiveXml }) => [name, inactiveXml]),
  );
  t.equal(definitions.get('many-8'), await made[8]?.getXMLDesc(lv.VIR_DOMAIN_XML_INACTIVE));
  t.equal(definitions.get('many-7'), undefined, 'what is off is its definition');
  const transient = await connection.domainCreateXML(domainXML('transient'));
  const [row] = await connection.getAllDomainsXML(lv.VIR_CONNECT_LIST_DOMAINS_TRANSIENT);
  t.match(row, { name: 'transient', persistent: false });
  await transient.destroy();
  await made[8]?.destroy();
  // Domains go while others walk over them: each answer holds whole rows only.
  const walks = Array.from({ length: 20 }, () => connection.getAllDomainsXML());
  await Promise.all(made.map((domain) => domain.undefine()));
  for (const rows of await Promise.all(walks)) {
    t.ok(rows.every((row) => row.xml.includes(row.uuid)));
  }
  t.equal((await connection.getAllDomainsXML()).length, 1);
  t.equal((await failure(connection.getAllDomainsXML(0, 2 ** 31))).call, 'virDomainGetXMLDesc');
  t.equal(await connection.close(), 0);
});

await t.test('one domain with all that is asked of it, in one hop', async (t) => {
  await using connection = await open();
  const off = await connection.domainDefineXMLFlags(domainXML('one'));
  await off.setAutostart(true);
  const expected = {
    ...{ name: 'one', uuid: off.uuid, id: -1, state: lv.VIR_DOMAIN_SHUTOFF },
    ...{ persistent: true, autostart: true, xml: await off.getXMLDesc() },
  };
  const { reason, ...row } = await connection.getDomainXMLByName('one');
  t.strictSame(row, expected);
  t.type(reason, 'number');
  t.match(await connection.getDomainXMLByUUIDString(off.uuid), expected);
  await off.create();
  const running = await connection.getDomainXMLByName('one');
  t.match(running, { state: lv.VIR_DOMAIN_RUNNING, xml: await off.getXMLDesc() });
  t.equal(running.inactiveXml, await off.getXMLDesc(lv.VIR_DOMAIN_XML_INACTIVE));
  await off.destroy();
  await off.undefine();
  const transient = await connection.domainCreateXML(domainXML('transient'));
  const { inactiveXml, persistent } = await connection.getDomainXMLByName('transient');
  t.match({ inactiveXml, persistent }, { inactiveXml: undefined, persistent: false });
  await transient.destroy();
  t.match(await failure(connection.getDomainXMLByName('one')), { code: lv.VIR_ERR_NO_DOMAIN });
  const none = connection.getDomainXMLByUUIDString(crypto.randomUUID());
  t.match(await failure(none), { code: lv.VIR_ERR_NO_DOMAIN, call: 'virDomainLookupByUUIDString' });
});

await t.test('the states of all domains', async (t) => {
  await using connection = await open();
  const off = await connection.domainDefineXMLFlags(domainXML('off'));
  const byName = async (flags = 0) => {
    const { domains = [] } = await connection.getAllDomainStates(flags);
    return new Map(domains.map(({ name, state }) => [name, state]));
  };
  t.strictSame(
    await byName(),
    new Map([
      ['test', lv.VIR_DOMAIN_RUNNING],
      ['off', lv.VIR_DOMAIN_SHUTOFF],
    ]),
  );
  t.equal((await byName(lv.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE)).has('off'), false);

  const { mark } = await connection.getAllDomainStates();
  t.strictSame(await connection.getAllDomainStates(0, mark), { mark }, 'what is known is not told again');
  await off.create();
  const changed = await connection.getAllDomainStates(0, mark);
  t.not(changed.mark, mark);
  t.equal(changed.domains?.length, 2);
  await off.destroy();
  await off.undefine();
  t.not((await connection.getAllDomainStates(0, mark)).mark, mark, 'one that has gone shows');
});

await t.test('batches that the driver cannot do reject', async (t) => {
  await using connection = await open();
  const calls: [() => Promise<unknown>, string][] = [
    [() => connection.getAllNWFiltersXML(), 'virConnectListAllNWFilters'],
    [() => connection.getAllNWFilterBindingsXML(), 'virConnectListAllNWFilterBindings'],
    [() => connection.listAllNWFilters(), 'virConnectListAllNWFilters'],
    [() => connection.listAllNWFilterBindings(), 'virConnectListAllNWFilterBindings'],
    [() => connection.lookupNWFilterByName('x'), 'virNWFilterLookupByName'],
    [() => connection.lookupNWFilterByUUIDString(crypto.randomUUID()), 'virNWFilterLookupByUUIDString'],
    [() => connection.lookupNWFilterBindingByPortDev('x'), 'virNWFilterBindingLookupByPortDev'],
    [() => connection.nwfilterDefineXMLFlags('<filter/>'), 'virNWFilterDefineXMLFlags'],
    [() => connection.nwfilterBindingCreateXML('<filterbinding/>'), 'virNWFilterBindingCreateXML'],
  ];
  for (const [start, call] of calls) {
    t.match(await failure(start()), { code: lv.VIR_ERR_NO_SUPPORT, call });
  }
});

await t.test('statistics of all domains', async (t) => {
  await using connection = await open();
  const [test] = await connection.getAllDomainStats(lv.VIR_DOMAIN_STATS_STATE);
  t.match(test, { name: 'test', stats: { 'state.state': lv.VIR_DOMAIN_RUNNING } });
});
