import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { readShippedFilters } from '../../src/filtering/shipped.js';
import { filterFromLibvirt, filterFromXml } from '../../src/nwfilter/from-xml.js';
import { isSameFilter } from '../../src/nwfilter/same.js';
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
