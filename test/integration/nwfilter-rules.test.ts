import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { xmlOf } from '../nwfilter/handmade.js';
import { kernelCases, tiedFilters } from '../nwfilter/kernel-cases.js';
import { RuleComparison } from './compare-rules.js';
import { FilterPort } from './filter-port.js';

const port = await FilterPort.start();
t.teardown(() => port.host.stop());
const shipped = readdirSync('filters').filter((file) => file.endsWith('.xml'));
for (const xml of [...shipped.map((file) => readFileSync(`filters/${file}`, 'utf8')), ...tiedFilters])
  await port.define(xml);
const comparison = await RuleComparison.on(port);

const all = {
  IP: ['10.0.0.1', '10.0.0.2'],
  IPV6: ['fe80::1', '2001:db8::2'],
  DHCPSERVER: ['10.0.0.9'],
  GATEWAY_MAC: ['52:54:00:00:00:09'],
};
for (const name of comparison.names) {
  await t.test(`the kernel has what it must have: ${name}`, async (t) => {
    const given = name === 'allow-dhcpv6-server' ? { ...all, DHCPSERVER: ['fe80::2'] } : all;
    comparison.check(t, name, await port.rulesOf(name, given), given);
  });
}

for (const [what, filter] of Object.entries(kernelCases)) {
  await t.test(`the kernel has what it must have: ${what}`, async (t) => {
    await port.define(xmlOf('given', filter));
    t.teardown(() => port.undefine('given'));
    await comparison.learn('given');
    comparison.check(t, 'given', await port.rulesOf('given', filter.parameters), filter.parameters);
  });
}
