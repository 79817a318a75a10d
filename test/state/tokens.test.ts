import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import t from 'tap';
import { TokenStore } from '../../src/state/tokens.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const modeOf = (path: string): number => statSync(path).mode & 0o777;

await t.test('the first start makes an admin token', async (t) => {
  const state = `${t.testdir()}/deep/state`;
  const { store, created } = await TokenStore.open(state, `${state}/admin.token`);
  t.equal(created, true);
  const token = read(`${state}/admin.token`).trimEnd();
  t.match(token, /^vw_[\w-]{43}$/);
  t.equal(store.verify(token), 'admin');

  t.equal(modeOf(state), 0o700, 'only its owner looks into the state directory');
  t.equal(modeOf(`${state}/admin.token`), 0o600);
  t.equal(modeOf(`${state}/tokens.json`), 0o600);
  t.notMatch(read(`${state}/tokens.json`), token, 'only its hash is kept');
  t.strictSame(readdirSync(state).sort(), ['admin.token', 'tokens.json']);
});

await t.test('later starts know it, and make none', async (t) => {
  const state = t.testdir();
  const file = `${state}/elsewhere/admin.token`;
  await TokenStore.open(state, file);
  const token = read(file).trimEnd();
  rmSync(file); // its reader may have put it away
  const { store, created } = await TokenStore.open(state, file);
  t.equal(created, false);
  t.equal(store.verify(token), 'admin');
  t.throws(() => read(file), { code: 'ENOENT' });
});

await t.test('no other token is let in', async (t) => {
  const state = t.testdir();
  const { store } = await TokenStore.open(state, `${state}/admin.token`);
  const token = read(`${state}/admin.token`).trimEnd();
  const [{ sha256 }] = (JSON.parse(read(`${state}/tokens.json`)) as { tokens: [{ sha256: string }] }).tokens;
  for (const wrong of ['', 'x', `${token} `, token.slice(0, -1), `${token}x`, token.toUpperCase(), sha256]) {
    t.equal(store.verify(wrong), undefined, `"${wrong}"`);
  }
});

await t.test('each state has a token of its own', async (t) => {
  const [a, b] = ['a', 'b'].map((name) => `${t.testdirName}/${name}`) as [string, string];
  t.testdir();
  const { store } = await TokenStore.open(a, `${a}/admin.token`);
  await TokenStore.open(b, `${b}/admin.token`);
  t.equal(store.verify(read(`${b}/admin.token`).trimEnd()), undefined);
});

await t.test('a start that was cut short between its two files is made good', async (t) => {
  const state = t.testdir({ 'admin.token': 'vw_old\n' });
  const { store, created } = await TokenStore.open(state, `${state}/admin.token`);
  t.equal(created, true);
  t.equal(store.verify('vw_old'), undefined);
  t.equal(store.verify(read(`${state}/admin.token`).trimEnd()), 'admin');
});

const entry = { id: 'i', name: 'n', role: 'admin', createdAt: '2024-05-06T07:08:09.000Z' };
const broken: Record<string, string> = {
  'not JSON': '{',
  nothing: 'null',
  'of another version': JSON.stringify({ version: 2, tokens: [] }),
  'without tokens': JSON.stringify({ version: 1 }),
  'with a token without hash': JSON.stringify({ version: 1, tokens: [entry] }),
  'with half a hash': JSON.stringify({ version: 1, tokens: [{ ...entry, sha256: 'abcd' }] }),
};
for (const [what, text] of Object.entries(broken)) {
  await t.test(`a token file ${what} stops the start, is named and stays`, async (t) => {
    const state = t.testdir({ 'tokens.json': text });
    await t.rejects(TokenStore.open(state, `${state}/admin.token`), { message: `${state}/tokens.json` });
    t.equal(read(`${state}/tokens.json`), text);
    t.strictSame(readdirSync(state), ['tokens.json'], 'no token is made');
  });
}
