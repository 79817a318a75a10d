import t from 'tap';
import { compareVersions } from '../../src/filtering/version.js';

await t.test('levels are ordered as numbers', (t) => {
  const ascending = ['0.9', '3.0', '3.1', '3.2', '3.3', '3.9', '3.10', '3.11', '4.0', '4.7', '4.8', '10.0'];
  t.strictSame(ascending.toReversed().sort(compareVersions), ascending);
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      t.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} and ${b}`);
    }
  }
  t.equal(compareVersions('3.02', '3.2'), 0);
  t.end();
});

for (const wrong of ['', '3', '3.', '.2', '3.2.1', 'v3.2', '3.x', ' 3.2', '3.2\n', '-3.2', '3,2']) {
  t.throws(() => compareVersions(wrong, '3.2'), TypeError, `"${wrong}" is no level`);
  t.throws(() => compareVersions('3.2', wrong), TypeError);
}
