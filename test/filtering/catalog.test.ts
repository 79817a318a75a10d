import t from 'tap';
import { FilterCatalog } from '../../src/filtering/catalog.js';

const rule = (variable: string) =>
  `<rule action='drop' direction='out'><ip srcipaddr='$${variable}'/></rule>`;
const filter = (name: string, ...content: string[]) => `<filter name='${name}'>${content.join('')}</filter>`;
const ref = (name: string, ...given: string[]) =>
  `<filterref filter='${name}'>${given.map((one) => `<parameter name='${one}' value='1'/>`).join('')}</filterref>`;

await t.test('the variables of a tree, but for those that a reference gives', (t) => {
  const catalog = new FilterCatalog([
    filter('a', rule('IP'), rule('MAC'), rule('OTHER')),
    filter('b', ref('a', 'IP'), rule('B')),
    filter('c', ref('b', 'B'), ref('a', 'OTHER')),
    filter('loop', ref('loop'), rule('L')),
  ]);
  const variables = (...names: string[]) => [...catalog.variables(names)].toSorted();
  t.strictSame(variables('a'), ['IP', 'OTHER']);
  t.strictSame(variables('b'), ['B', 'OTHER']);
  t.strictSame(variables('c'), ['IP', 'OTHER']);
  t.strictSame(variables('b', 'loop'), ['B', 'L', 'OTHER']);
  t.strictSame(variables('none'), []);
  t.end();
});

await t.test('a filter that is referred to in more ways than can be counted', (t) => {
  const chain = Array.from({ length: 60 }, (_, i) => filter(`f${i + 1}`, ref(`f${i}`), ref(`f${i}`)));
  const catalog = new FilterCatalog([filter('f0', rule('IP')), ...chain]);
  t.strictSame([...catalog.variables(['f60'])], ['IP']);
  t.equal(catalog.size('f0'), 1);
  t.equal(catalog.size('f2'), 10);
  t.ok(catalog.size('f60') > 2 ** 60);
  t.end();
});
