import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import t, { type Test } from 'tap';
import { TokenStore } from '../../src/state/tokens.js';

const read = (path: string): string => readFileSync(path, 'utf8');
const modeOf = (path: string): number => statSync(path).mode & 0o777;
const at = (ms: number): string => new Date(ms).toISOString();

/** What is thrown is this problem. */
const problem = (type: string) => ({ type, name: 'Problem', message: /./ });

/** A store with the admin token of a first start. */
async function begun(t: Test): Promise<{ state: string; store: TokenStore; token: string }> {
  const state = `${t.testdir()}/deep/state`;
  const store = await TokenStore.open(state);
  t.equal(await store.ensureAdmin(`${state}/admin.token`), true);
  return { state, store, token: read(`${state}/admin.token`).trimEnd() };
}

await t.test('the first start makes an admin token', async (t) => {
  const { state, store, token } = await begun(t);
  t.match(token, /^vw_[\w-]{43}$/);
  t.match(store.find(token), {
    caller: { name: 'admin', role: 'admin', trust: false, via: 'token', key: /^token:/ },
    expired: false,
  });
  t.equal(modeOf(state), 0o700, 'only its owner looks into the state directory');
  t.equal(modeOf(`${state}/admin.token`), 0o600);
  t.equal(modeOf(`${state}/tokens.json`), 0o600);
  t.notMatch(read(`${state}/tokens.json`), token, 'only its hash is kept');
  t.strictSame(readdirSync(state).sort(), ['admin.token', 'tokens.json']);
});

await t.test('later starts know it, and make none', async (t) => {
  const { state, token } = await begun(t);
  rmSync(`${state}/admin.token`); // its reader may have put it away
  const store = await TokenStore.open(state);
  t.equal(await store.ensureAdmin(`${state}/admin.token`), false);
  t.equal(store.find(token)?.caller.name, 'admin');
  t.throws(() => read(`${state}/admin.token`), { code: 'ENOENT' });
});

await t.test('no other token is let in', async (t) => {
  const { state, store, token } = await begun(t);
  const [{ sha256 }] = (JSON.parse(read(`${state}/tokens.json`)) as { tokens: [{ sha256: string }] }).tokens;
  for (const wrong of ['', 'x', `${token} `, token.slice(0, -1), `${token}x`, token.toUpperCase(), sha256]) {
    t.equal(store.find(wrong), undefined, `"${wrong}"`);
  }
});

await t.test('a start that was cut short between its two files is made good', async (t) => {
  const state = t.testdir({ 'admin.token': 'vw_old\n' });
  const store = await TokenStore.open(state);
  t.equal(await store.ensureAdmin(`${state}/admin.token`), true);
  t.equal(store.find('vw_old'), undefined);
  t.equal(store.find(read(`${state}/admin.token`).trimEnd())?.caller.name, 'admin');
});

await t.test('tokens that are made hold at once and after a restart, each with its role', async (t) => {
  const { state, store } = await begun(t);
  const viewer = await store.create({ name: 'prometheus', role: 'viewer' });
  const router = await store.create({ name: 'router', role: 'operator', trust: true });
  t.not(viewer.token, router.token);
  for (const one of [store, await TokenStore.open(state)]) {
    t.match(one.find(viewer.token)?.caller, { name: 'prometheus', role: 'viewer', trust: false });
    t.match(one.find(router.token)?.caller, { name: 'router', role: 'operator', trust: true });
    t.match(one.list(), [{ name: 'admin' }, { name: 'prometheus', expired: false }, { name: 'router' }]);
  }
  t.notMatch(JSON.stringify(store.list()), /sha256|vw_/);
  await t.rejects(store.create({ name: 'router', role: 'viewer' }), problem('token-name-taken'));
});

await t.test('one that has expired is known, and holds no longer', async (t) => {
  const { store } = await begun(t);
  // the last is a leap second, which is a time by RFC 3339 and none by Date
  for (const expiresAt of [at(Date.now() - 1), '2099-12-31T23:59:60Z']) {
    t.throws(() => store.create({ name: 'late', role: 'viewer', expiresAt }), {
      message: '/expiresAt must be a time that lies in the future.',
    });
  }
  const end = Date.now() + 60_000;
  const { token } = await store.create({ name: 'guest', role: 'viewer', expiresAt: at(end) });
  const key = store.find(token)?.caller.key ?? '';
  t.equal(store.holds(key), true);
  const now = t.capture(Date, 'now', () => end - 1);
  t.equal(store.find(token)?.expired, false);
  now.restore();
  t.capture(Date, 'now', () => end);
  t.equal(store.find(token)?.expired, true);
  t.equal(store.holds(key), false);
  t.match(store.list()[1], { name: 'guest', expired: true });
});

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

await t.test('one that is revoked is gone at once, also from the disk', async (t) => {
  const { state, store } = await begun(t);
  const { id, token } = await store.create({ name: 'ci', role: 'operator' });
  const { token: other } = await store.create({ name: 'ops', role: 'admin' });
  const key = store.find(token)?.caller.key ?? '';
  const told: string[] = [];
  store.on('revoked', (one) => told.push(one));
  await store.revoke(id);
  t.equal(store.find(token), undefined);
  t.equal(store.holds(key), false);
  t.strictSame(told, [key]);
  t.equal((await TokenStore.open(state)).find(token), undefined);
  await t.rejects(store.revoke(id), problem('token-not-found'));
  await store.revoke('admin');
  await t.rejects(store.revoke('ops'), problem('last-admin-token'));
  const { name: short } = await store.create({ name: 'for now', role: 'admin', expiresAt: inAnHour });
  await t.rejects(store.revoke('ops'), problem('last-admin-token'), 'in an hour there would be none');
  await store.revoke(short);
  t.equal(store.find(other)?.caller.name, 'ops');
});

await t.test('when a token was last used is shown, and written down when told to', async (t) => {
  const { state, store } = await begun(t);
  const { token } = await store.create({ name: 'ci', role: 'operator' });
  const lastUse = (of: TokenStore) => of.list()[1]?.lastUsedAt;
  t.equal(lastUse(store), undefined);
  const before = Date.now();
  store.find(token);
  t.ok(Date.parse(lastUse(store) ?? '') >= before);
  t.equal(lastUse(await TokenStore.open(state)), undefined);
  await store.noteUse();
  t.equal(lastUse(await TokenStore.open(state)), lastUse(store));
});

await t.test('a change that cannot be written does not happen', async (t) => {
  const { state, store, token } = await begun(t);
  await store.create({ name: 'ops', role: 'admin' });
  rmSync(state, { recursive: true });
  await t.rejects(store.create({ name: 'ci', role: 'viewer' }), problem('state-unwritable'));
  await t.rejects(store.revoke('admin'), problem('state-unwritable'));
  t.strictSame(
    store.list().map(({ name }) => name),
    ['admin', 'ops'],
  );
  t.ok(store.find(token));
});

const entry = {
  id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
  name: 'n',
  createdAt: '2024-05-06T07:08:09.000Z',
};
const sha256 = 'a'.repeat(64);
const file = (version: number, ...tokens: object[]): string => JSON.stringify({ version, tokens });

await t.test('the file of the version before is read', async (t) => {
  const state = t.testdir({ 'tokens.json': file(1, { ...entry, role: 'admin', sha256 }) });
  t.match((await TokenStore.open(state)).list(), [{ name: 'n', role: 'admin', trust: false }]);
});

const broken: Record<string, string> = {
  'not JSON': '{',
  nothing: 'null',
  'of a later version': file(3),
  'without tokens': JSON.stringify({ version: 2 }),
  'with a token without hash': file(1, { ...entry, role: 'admin' }),
  'with half a hash': file(1, { ...entry, role: 'admin', sha256: 'abcd' }),
  'with a role that is none': file(2, { ...entry, role: 'root', sha256 }),
  'with an end that is none': file(2, { ...entry, role: 'admin', sha256, expiresAt: 'soon' }),
};
for (const [what, text] of Object.entries(broken)) {
  await t.test(`a token file ${what} stops the start, is named and stays`, async (t) => {
    const state = t.testdir({ 'tokens.json': text });
    await t.rejects(TokenStore.open(state), { message: `${state}/tokens.json` });
    t.equal(read(`${state}/tokens.json`), text);
    t.strictSame(readdirSync(state), ['tokens.json'], 'no token is made');
  });
}
