import { readFile } from 'node:fs/promises';
import t from 'tap';
import { problemTypes } from '../../src/errors.js';

await t.test('the page has an entry for each problem, and for no other', async (t) => {
  const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
  const entries = page.split(/^(?=### )/m).slice(1);
  const said = entries.map((entry) => /^### `([\w-]+)` \((\d+)\)\n\n\S/.exec(entry)?.slice(1).join(' '));
  const answered = Object.entries(problemTypes).map(([type, { status }]) => `${type} ${status}`);
  t.strictSame(said.toSorted(), answered.toSorted());
});
