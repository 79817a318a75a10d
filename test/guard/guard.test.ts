import { readFileSync } from 'node:fs';
import t from 'tap';
import { expectGuards, putGuard, readGuards, removeGuard, sweepGuards } from '../../src/guard/guard.js';
import { guardFor } from '../../src/guard/rules.js';
import { putScript } from '../../src/guard/script.js';
import { fakeTools } from '../helpers/fake-tools.js';

const guard = guardFor({ port: 'vnet0', mac: '52:54:00:00:00:01', filters: [], parameters: [] });

await t.test('without nft nobody can tell, nor do anything', async (t) => {
  fakeTools(t, {});
  const unreadable = { type: 'kernel-unreadable', message: /nft is not installed \(Debian: nftables\)/ };
  const calls = [
    readGuards,
    () => putGuard(guard),
    () => removeGuard('vnet0'),
    () => expectGuards([guard]),
    () => sweepGuards(),
  ];
  for (const call of calls)
    await t.rejects(async () => {
      await call();
    }, unreadable);
});

await t.test('a failure is not taken for “no guard”', async (t) => {
  fakeTools(t, { nft: 'echo "Permission denied" >&2; exit 1' });
  await t.rejects(readGuards(), { type: 'kernel-unreadable', message: /Permission denied/ });
});

await t.test('a guard is handed to nft whole; what nft says of it, is short in the problem', async (t) => {
  const file = `${t.testdirName}/script`;
  fakeTools(t, {
    nft: `[ "$1" = add ] || cat >${file}; [ "$1" = add ] || { head -c 9999 /dev/zero | tr '\\0' x >&2; exit 1; }`,
  });
  await t.rejects(putGuard(guard), { message: /^.{400,700}$/s });
  t.equal(readFileSync(file, 'utf8'), putScript(guard));
});

await t.test('a guard of a tap that is there is not swept', async (t) => {
  const listing =
    'table netdev virtwarden_guard {\n\tchain tap_vnet0 { # handle 5\n\t}\n\tchain tap_vnet1 { # handle 6\n\t}\n}';
  fakeTools(t, { nft: `case "$*" in *list*) echo '${listing}';; *'handle 5') ;; *) exit 1;; esac` });
  t.strictSame(await sweepGuards(() => Promise.resolve(['vnet1'])), ['vnet0']);
  t.strictSame(await sweepGuards(() => Promise.resolve(['vnet0', 'vnet1'])), []);
});

await t.test('of no guards nothing is asked', async (t) => {
  fakeTools(t, {});
  t.strictSame(await expectGuards([]), []);
});
