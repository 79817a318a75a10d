import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import t from 'tap';
import type { JournalEntry } from '../../src/state/journal-entry.js';
import { Journal } from '../../src/state/journal.js';

const vm = randomUUID();
const entry: JournalEntry = { kind: 'start', vm, saved: false };
const done = () => Promise.resolve();
const failed = () => Promise.reject(new Error('it failed'));
const files = (state: string): string[] => readdirSync(`${state}/journal`);

await t.test('a change has its entry on disk for as long as it takes', async (t) => {
  const state = t.testdir();
  const journal = await Journal.open(state);
  const result = await journal.during(
    entry,
    () => {
      t.equal(files(state).length, 1);
      return Promise.resolve('result');
    },
    failed,
  );
  t.equal(result, 'result');
  t.strictSame(files(state), []);
  t.notOk(journal.hasLeft());
});

await t.test('a change that fails is undone, and nothing is left', async (t) => {
  const state = t.testdir();
  const journal = await Journal.open(state);
  let undone = 0;
  const undo = () => {
    undone++;
    return Promise.resolve();
  };
  await t.rejects(journal.during(entry, failed, undo), { message: 'it failed' });
  t.equal(undone, 1);
  t.strictSame(files(state), []);
});

await t.test('what could not be undone is left: for this service, and for the next', async (t) => {
  const state = t.testdir();
  const journal = await Journal.open(state);
  await t.rejects(journal.during(entry, failed, failed), { message: 'it failed' });
  for (const one of [journal, await Journal.open(state)]) {
    t.ok(one.hasLeft(vm));
    t.notOk(one.hasLeft(randomUUID()), 'of another VM nothing');
    await one.recover(() => Promise.resolve(true), randomUUID());
    t.ok(one.hasLeft(vm));
    await one.recover(() => Promise.resolve(false));
    t.ok(one.hasLeft(vm), 'it is tried again');
  }
  const last = await Journal.open(state);
  await last.recover((left) => {
    t.strictSame(left, entry);
    return Promise.resolve(true);
  });
  t.notOk(last.hasLeft());
  t.strictSame(files(state), []);
});

await t.test('of two that undo the same, the second sees that it is done', async (t) => {
  const journal = await Journal.open(t.testdir());
  await t.rejects(journal.during(entry, failed, failed));
  const seen: boolean[] = [];
  await journal.recover(async (_entry, isStillLeft) => {
    seen.push(isStillLeft());
    await journal.recover(() => Promise.resolve(true));
    seen.push(isStillLeft());
    return true;
  });
  t.strictSame(seen, [true, false]);
});

await t.test('where no entry can be written, no change is made', async (t) => {
  const state = t.testdir();
  const journal = await Journal.open(state);
  rmSync(`${state}/journal`, { recursive: true });
  const change = () => Promise.resolve(t.fail('it was made'));
  await t.rejects(journal.during(entry, change, done), {
    type: 'state-unwritable',
    message: `${state}/journal`,
  });
});

await t.test('files that are no entries are set aside', async (t) => {
  const state = t.testdir({
    journal: {
      'empty.json': '',
      'null.json': 'null',
      'other.json': '{"kind":"other"}',
      'cut.json': '{"kind"',
    },
  });
  mkdirSync(`${state}/journal/directory.json`);
  writeFileSync(`${state}/journal/begun.json.tmp`, '{');
  const journal = await Journal.open(state);
  t.notOk(journal.hasLeft());
  const names = ['cut', 'directory', 'empty', 'null', 'other'].map((name) => `${name}.json.damaged`);
  t.strictSame(files(state), names);
  t.strictSame(
    journal.damaged.toSorted(),
    names.map((name) => `${state}/journal/${name}`),
  );
  t.strictSame((await Journal.open(state)).damaged, [], 'once');
});

await t.test('what another host may have keeps no change back', async (t) => {
  const state = t.testdir();
  const copy: JournalEntry = { kind: 'copy', vm, destinationUri: 'qemu+tls://host/system' };
  await (await Journal.open(state)).leave(copy);
  const journal = await Journal.open(state);
  t.ok(journal.hasLeft(vm));
  t.notOk(journal.keepsBack(vm));
  await journal.leave(entry);
  t.ok(journal.keepsBack(vm));
  t.notOk(journal.keepsBack(randomUUID()));
  await journal.recover(({ kind }) => Promise.resolve(kind === 'copy'));
  t.equal(files(state).length, 1);
  t.ok(journal.keepsBack(vm));
});
