import t from 'tap';
import { handmade, xmlOf } from '../nwfilter/handmade.js';
import { RuleComparison } from './compare-rules.js';
import { FilterPort, throughJson } from './filter-port.js';

const port = await FilterPort.start();
t.teardown(() => port.host.stop());
const comparison = await RuleComparison.on(port);

for (const [what, filter] of Object.entries(handmade)) {
  await t.test(`the kernel has the same rules: ${what}`, async (t) => {
    const xml = xmlOf('given', filter);
    await port.define(xml);
    t.teardown(() => port.undefine('given', 'through'));
    await port.define(throughJson(xml, 'through'));
    const given = await port.rulesOf('given', filter.parameters);
    t.strictSame(await port.rulesOf('through', filter.parameters), given);
    t.equal(given.length > 0, filter.body !== '', 'and there are some');
    await comparison.learn('given');
    comparison.check(t, 'given', given, filter.parameters);
  });
}
