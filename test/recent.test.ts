import t from 'tap';
import { Recent } from '../src/recent.js';

/** Whose values are gone, when no time passes unless `idleMs` is 0: then with each that comes. */
function recent(limits: { count?: number; idleMs?: number }): {
  values: Recent<string, string>;
  gone: string[];
} {
  const gone: string[] = [];
  const values = new Recent<string, string>({ count: 1000, idleMs: Infinity, ...limits }, (value) => {
    gone.push(value);
  });
  return { values, gone };
}

await t.test('a value is found by its key until it is deleted, or is another', (t) => {
  const { values, gone } = recent({});
  values.set('a', '1');
  values.set('a', '1');
  t.equal(values.get('a'), '1');
  t.equal(values.get('b'), undefined);
  values.set('a', '2');
  t.equal(values.get('a'), '2');
  t.strictSame(gone, ['1']);
  values.delete('a');
  values.delete('b');
  t.equal(values.get('a'), undefined);
  t.strictSame(gone, ['1', '2']);
  t.end();
});

await t.test('what is used stays, however many come and go', (t) => {
  const { values, gone } = recent({ idleMs: 0 });
  values.set('used', 'x');
  for (const key of ['a', 'b', 'c', 'd']) {
    values.set(key, key);
    t.equal(values.get('used'), 'x');
  }
  t.notOk(gone.includes('x'));
  t.end();
});

await t.test('what is used no more goes with what comes', (t) => {
  const { values, gone } = recent({ idleMs: 0 });
  values.set('a', '1');
  values.set('b', '2');
  t.strictSame(gone, [], 'it may still be used');
  values.set('c', '3');
  t.strictSame(gone, ['1']);
  t.equal(values.get('a'), undefined);
  values.set('b', 'another');
  t.strictSame(gone, ['1', '2'], 'each is told of once');
  t.end();
});

await t.test('so many stay that were used last, whenever that was', (t) => {
  const { values, gone } = recent({ count: 3 });
  for (const key of ['a', 'b', 'c', 'd', 'e']) values.set(key, key);
  t.equal(values.get('a'), 'a', 'which is so used again');
  t.strictSame(gone, []);
  values.set('f', 'f');
  t.strictSame(gone, ['b', 'c']);
  for (const key of ['a', 'd', 'e', 'f']) t.equal(values.get(key), key);
  t.end();
});
