import { chmodSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import t from 'tap';
import { writeFileAtomic } from '../../src/state/atomic-file.js';

await t.test('a new file has its content and its mode', async (t) => {
  const directory = t.testdir();
  await writeFileAtomic(`${directory}/f`, 'text ü', 0o600);
  t.equal(readFileSync(`${directory}/f`, 'utf8'), 'text ü');
  t.equal(statSync(`${directory}/f`).mode & 0o777, 0o600);
  t.strictSame(readdirSync(directory), ['f'], 'and nothing lies beside it');
});

await t.test('an old file is replaced, its mode too', async (t) => {
  const directory = t.testdir({ f: 'a longer text' });
  chmodSync(`${directory}/f`, 0o644);
  await writeFileAtomic(`${directory}/f`, 'short', 0o600);
  t.equal(readFileSync(`${directory}/f`, 'utf8'), 'short');
  t.equal(statSync(`${directory}/f`).mode & 0o777, 0o600);
});

await t.test('a link is replaced: what it leads to is not written', async (t) => {
  const directory = t.testdir({ other: 'other', f: t.fixture('symlink', 'other') });
  await writeFileAtomic(`${directory}/f`, 'secret', 0o600);
  t.equal(readFileSync(`${directory}/other`, 'utf8'), 'other');
  t.ok(lstatSync(`${directory}/f`).isFile());
});

await t.test('readers see the old file or a new one, never a part', async (t) => {
  const path = `${t.testdir({ f: 'a'.repeat(100_000) })}/f`;
  const writes = ['b', 'c', 'd', 'e'].map((c) => writeFileAtomic(path, c.repeat(100_000), 0o600));
  const done = Promise.all(writes).then(() => false);
  const turn = (): Promise<boolean> => new Promise((resolve) => setImmediate(resolve, true));
  do {
    t.match(readFileSync(path, 'utf8'), /^(.)\1{99999}$/);
  } while (await Promise.race([done, turn()]));
  t.match(readFileSync(path, 'utf8'), /^([b-e])\1{99999}$/);
});

await t.test('a failure leaves nothing behind', async (t) => {
  const directory = t.testdir({ taken: { file: '' } });
  await t.rejects(writeFileAtomic(`${directory}/taken`, 'x', 0o600));
  t.strictSame(readdirSync(directory), ['taken']);
  await t.rejects(writeFileAtomic(`${directory}/missing/f`, 'x', 0o600), { code: 'ENOENT' });
});
