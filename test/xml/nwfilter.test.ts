import t from 'tap';
import { sameFilter } from '../../src/nwfilter/same.js';
import { filterName, filterReferences, withUuid } from '../../src/xml/nwfilter.js';

const shipped = `<!-- why -->
<filter name='f' chain='root'>
  <filterref filter='a'/>
  <filterref filter='b'><parameter name='IP' value='10.0.0.1'/></filterref>
</filter>`;

await t.test('a filter takes the UUID that it is given, and stays as it is', (t) => {
  const uuid = '11111111-2222-3333-4444-555555555555';
  for (const xml of [shipped, withUuid(shipped, uuid.replaceAll('5', '6'))]) {
    const result = withUuid(xml, uuid);
    t.equal(result.split('<uuid>').length, 2, 'it has one UUID');
    t.match(result, `<uuid>${uuid}</uuid>`);
    t.ok(sameFilter(result, shipped));
  }
  t.end();
});

await t.test('its name and what it refers to', (t) => {
  t.equal(filterName(shipped), 'f');
  t.strictSame(filterReferences(shipped), ['a', 'b']);
  t.throws(() => filterName('<filter/>'), SyntaxError);
  t.end();
});
