import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import { filterFromLibvirt, filterFromXml } from '../../src/nwfilter/from-xml.js';
import { filterFromJson } from '../../src/nwfilter/from-json.js';
import { isSameFilter } from '../../src/nwfilter/same.js';
import { filterToXml } from '../../src/nwfilter/to-xml.js';
import { arbitraryFilter, arbitraryRule } from '../nwfilter/arbitrary.js';
import { withSets, xmlOf } from '../nwfilter/handmade.js';
import { FilterPort, throughJson } from './filter-port.js';

const port = await FilterPort.start();
t.teardown(() => port.host.stop());

const stock = '/usr/share/libvirt/nwfilter/';
const parameters = {
  IP: ['10.0.0.1'],
  IPV6: ['fe80::1'],
  DHCPSERVER: ['10.0.0.2'],
  GATEWAY_MAC: ['52:54:00:00:00:09'],
};
const shipped = readShippedFilters();
for (const { xml } of shipped) await port.define(xml);
const stocked = readdirSync(stock).map((file) => ({
  name: file.replace(/\.xml$/, ''),
  xml: readFileSync(stock + file, 'utf8'),
}));
for (const { name, xml } of [...shipped, ...stocked]) {
  await t.test(`the kernel has the same rules: ${name}`, async (t) => {
    const given = name === 'allow-dhcpv6-server' ? { ...parameters, DHCPSERVER: ['fe80::2'] } : parameters;
    await port.define(throughJson(xml, 'through'));
    t.teardown(() => port.undefine('through'));
    const rules = await port.rulesOf(name, given);
    t.strictSame(await port.rulesOf('through', given), rules);
    t.ok(rules.length > 0);
  });
}

await t.test('libvirt keeps rules with an ipset as they are', async (t) => {
  for (const [what, filter] of Object.entries(withSets)) {
    const given = filterFromXml(xmlOf('sets', filter));
    await port.define(xmlOf('sets', filter));
    t.ok(isSameFilter(filterFromLibvirt(await port.shown('sets')), given), what);
    await port.define(throughJson(await port.shown('sets'), 'through'));
    t.ok(isSameFilter(filterFromLibvirt(await port.shown('through')), { ...given, name: 'through' }));
    await port.undefine('sets', 'through');
  }
});

await t.test('what the service takes, libvirt takes and keeps to the letter', async (t) => {
  // many rules in one filter: libvirt is asked once for them
  const rules = fc.array(arbitraryRule, { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(arbitraryFilter(), rules, async (filter, entries) => {
      const taken = filterFromJson(JSON.parse(JSON.stringify({ ...filter, name: 'any', entries })));
      await port.define(filterToXml(taken));
      const kept = filterFromLibvirt(await port.shown('any'));
      await port.undefine('any');
      return isSameFilter(kept, taken);
    }),
    { numRuns: 25 },
  );
  t.pass();
});
