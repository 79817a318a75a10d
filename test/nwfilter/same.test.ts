import t from 'tap';
import { sameFilter } from '../../src/nwfilter/same.js';

const shipped = `<!-- why -->
<filter name='f' chain='root'>
  <filterref filter='a'/>
  <filterref filter='b'><parameter name='IP' value='10.0.0.1'/></filterref>
</filter>`;

const same = {
  'with a UUID': shipped.replace('<filterref', '<uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid><filterref'),
  'in one line': shipped.replaceAll('\n', ''),
  'with other quotes': shipped.replaceAll("'", '"'),
  'without the comment': shipped.replace('<!-- why -->\n', ''),
  'with attributes in another order': shipped.replace("name='f' chain='root'", "chain='root' name='f'"),
  'with empty elements written out': shipped.replace("'a'/>", "'a'></filterref>"),
};
for (const [how, xml] of Object.entries(same)) {
  t.ok(sameFilter(shipped, xml), `the same ${how}`);
  t.ok(sameFilter(xml, shipped), `and the other way round`);
}

const [refA, refB] = shipped.split('\n').slice(2, 4) as [string, string];
const other = {
  'another name': shipped.replace("'f'", "'g'"),
  'another chain': shipped.replace('root', 'mac'),
  'a priority': shipped.replace("chain='root'", "chain='root' priority='-100'"),
  'a reference less': shipped.replace(refA, ''),
  'a reference more': shipped.replace(refA, `${refA}${refA}`),
  'references in another order': shipped.replace(refA, '').replace(refB, `${refB}${refA}`),
  'another reference': shipped.replace("'a'", "'c'"),
  'a rule in front': shipped.replace(refA, `<rule action='accept' direction='out'/>${refA}`),
  'a rule at the end': shipped.replace(refB, `${refB}<rule action='accept' direction='inout'/>`),
  'another parameter': shipped.replace('10.0.0.1', '10.0.0.2'),
  'no parameter': shipped.replace(/<parameter.*?\/>/, ''),
};
for (const [what, xml] of Object.entries(other)) {
  t.notOk(sameFilter(shipped, xml), `not the same: ${what}`);
}
