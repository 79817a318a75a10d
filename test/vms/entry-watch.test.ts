import { chownSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { EntryWatch } from '../../src/vms/entry-watch.js';

/** A file by way of links, watched from now on. */
async function watched(t: Test): Promise<{ root: string; watch: EntryWatch }> {
  const root = t.testdir({
    real: { sub: { disk: 'content' } },
    first: t.fixture('symlink', 'second'),
    second: t.fixture('symlink', 'real/./sub'),
    other: { disk: '' },
  });
  const watch = await EntryWatch.on([`${root}/other/../first/disk`]);
  t.teardown(() => watch[Symbol.dispose]());
  return { root, watch };
}

const changes: Record<string, (root: string) => void> = {
  'a file that is replaced': (root) => {
    writeFileSync(`${root}/new`, '');
    renameSync(`${root}/new`, `${root}/real/sub/disk`);
  },
  'a link in its place for a moment': (root) => {
    renameSync(`${root}/real/sub/disk`, `${root}/away`);
    symlinkSync('/etc/passwd', `${root}/real/sub/disk`);
    renameSync(`${root}/away`, `${root}/real/sub/disk`);
  },
  'a directory that is elsewhere for a moment': (root) => {
    renameSync(`${root}/real`, `${root}/away`);
    renameSync(`${root}/away`, `${root}/real`);
  },
  'the link on the way': (root) => {
    symlinkSync('other', `${root}/link`);
    renameSync(`${root}/link`, `${root}/first`);
  },
  'the link that it leads to': (root) => {
    rmSync(`${root}/second`);
    symlinkSync('real/sub', `${root}/second`);
  },
};
for (const [what, change] of Object.entries(changes)) {
  await t.test(`seen: ${what}`, async (t) => {
    const { root, watch } = await watched(t);
    t.equal(await watch.hasChanged(), false);
    change(root);
    t.equal(await watch.hasChanged(), true);
  });
}

await t.test('of no account: what is written to the file, whose it is, and its neighbours', async (t) => {
  const { root, watch } = await watched(t);
  writeFileSync(`${root}/real/sub/disk`, 'more');
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  chownSync(`${root}/real/sub/disk`, uid, gid);
  writeFileSync(`${root}/real/sub/neighbour`, '');
  rmSync(`${root}/real/sub/neighbour`);
  writeFileSync(`${root}/real/disk`, '');
  t.equal(await watch.hasChanged(), false);
});

await t.test('links in a circle come to an end', async (t) => {
  const root = t.testdir({ a: t.fixture('symlink', 'b'), b: t.fixture('symlink', 'a') });
  using watch = await EntryWatch.on([`${root}/a`]);
  t.equal(await watch.hasChanged(), false);
});

await t.test('what is not there any more has changed', async (t) => {
  using watch = await EntryWatch.on([`${t.testdir()}/missing/disk`]);
  t.equal(await watch.hasChanged(), true);
});
