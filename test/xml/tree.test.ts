import t from 'tap';
import { element, elements, find, formatXml, parseXml, textOf } from '../../src/xml/tree.js';

const texts = [
  'plain',
  '<&>',
  `"double" and 'single'`,
  '&lt;',
  '&amp;amp;',
  '&#65;',
  ']]>',
  '<!-- no comment -->',
  'ü € 😀',
  '  spaces around  ',
  '007',
  '1e3',
  'true',
  '$& $1',
  '&'.repeat(4096),
];
for (const text of texts) {
  await t.test(`comes back as it was: ${text.slice(0, 20)}`, (t) => {
    const back = parseXml(formatXml(element('root', { attribute: text }, [element('child', {}, [text])])));
    t.equal(back.attributes.attribute, text);
    t.equal(textOf(find(back, 'child')), text);
    t.equal(back.children.length, 1, 'and makes no other element');
    t.end();
  });
}

await t.test('entities and numeric references are read', (t) => {
  const root = parseXml(`<a b='&lt;&#x41;&apos;'>&#66;&amp;&quot;</a>`);
  t.equal(root.attributes.b, "<A'");
  t.equal(textOf(root), 'B&"');
  t.end();
});

await t.test('declaration, comments and indentation mean nothing', (t) => {
  const root = parseXml(`<?xml version="1.0"?>\n<!-- c -->\n<a>\n  <b/>\n  <!-- c -->\n  <b x=''/>\n</a>\n`);
  t.strictSame(root, {
    name: 'a',
    attributes: {},
    children: [
      { name: 'b', attributes: {}, children: [] },
      { name: 'b', attributes: { x: '' }, children: [] },
    ],
  });
  t.end();
});

await t.test('the order of elements of several names stays', (t) => {
  const root = parseXml('<a><x/><y/><x/></a>');
  t.strictSame(
    elements(root).map(({ name }) => name),
    ['x', 'y', 'x'],
  );
  t.equal(elements(root, 'x').length, 2);
  t.end();
});

await t.test('what is undefined is left out', (t) => {
  t.strictSame(element('a', { b: undefined, c: 0 }, [undefined, 'd']), {
    name: 'a',
    attributes: { c: '0' },
    children: ['d'],
  });
  t.end();
});

await t.test('what is not there is undefined', (t) => {
  const root = parseXml('<a><b><c/></b></a>');
  t.equal(find(root, 'b', 'c')?.name, 'c');
  t.equal(find(root, 'x', 'c'), undefined);
  t.equal(find(undefined, 'x'), undefined);
  t.equal(textOf(undefined), undefined);
  t.equal(textOf(find(root, 'b', 'c')), '');
  t.strictSame(elements(undefined), []);
  t.end();
});

for (const xml of ['', '   ', 'text', '<!-- nothing -->']) {
  t.throws(() => parseXml(xml), SyntaxError, `no document: "${xml}"`);
}
