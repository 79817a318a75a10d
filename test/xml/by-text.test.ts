import t from 'tap';
import { byText } from '../../src/xml/by-text.js';

await t.test('a text is read once, another text by itself', (t) => {
  const read: string[] = [];
  const reader = byText((text) => {
    read.push(text);
    return { text };
  });
  t.equal(reader('a'), reader('a'));
  t.strictSame(reader('b'), { text: 'b' });
  t.strictSame(read, ['a', 'b']);
  t.end();
});

await t.test('what it gives is nobody’s to change', (t) => {
  const { list } = byText((text) => ({ list: [{ text }] }))('a');
  t.throws(() => list.push({ text: 'b' }), TypeError);
  t.throws(() => Object.assign(list[0] ?? {}, { text: 'b' }), TypeError);
  t.end();
});

await t.test('a failure is not remembered', (t) => {
  let times = 0;
  const reader = byText(() => {
    if (times++ === 0) throw new Error('no');
    return {};
  });
  t.throws(() => reader('a'));
  t.strictSame(reader('a'), {});
  t.end();
});
