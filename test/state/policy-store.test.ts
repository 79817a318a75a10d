import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { SettingsError } from '../../src/settings-error.js';
import { defaultPolicy } from '../../src/schemas/config.js';
import { PolicyStore } from '../../src/state/policy-store.js';

const off = { EnableMACAntiSpoofingFilterRules: false };

await t.test('without a file there are the defaults, and none is made', (t) => {
  const directory = t.testdir();
  t.strictSame(PolicyStore.open(directory).current, {
    EnableMACAntiSpoofingFilterRules: true,
    ClusterCompatibilityVersion: '4.8',
    DefaultFilters: ['vdsm-no-mac-spoofing'],
    IngressGuard: true,
    reconcile: 'repair',
  });
  t.strictSame(readdirSync(directory), []);
  t.end();
});

await t.test('a change is on disk, with nothing but what was set', async (t) => {
  const directory = t.testdir();
  const store = PolicyStore.open(directory);
  const before = store.current;
  t.strictSame(await store.change(off), { ...defaultPolicy(), ...off });
  t.strictSame(JSON.parse(readFileSync(`${directory}/config.json`, 'utf8')), off);
  t.equal(statSync(`${directory}/config.json`).mode & 0o777, 0o600);
  t.strictSame(before, defaultPolicy(), 'who has the policy of before keeps it');
  t.strictSame(PolicyStore.open(directory).current, store.current);
});

await t.test('changes come one after the other, and none is lost', async (t) => {
  const store = PolicyStore.open(t.testdir());
  const seen: string[] = [];
  const levels = Array.from({ length: 20 }, (_, i) => `3.${i}`);
  await Promise.all(
    levels.map((ClusterCompatibilityVersion) =>
      store.change(
        { ClusterCompatibilityVersion },
        (current) => void seen.push(current.ClusterCompatibilityVersion),
      ),
    ),
  );
  t.strictSame(seen, ['4.8', ...levels.slice(0, -1)]);
  t.equal(store.current.ClusterCompatibilityVersion, '3.19');
});

await t.test('a change that is refused, or cannot be written, is not in force', async (t) => {
  const directory = t.testdir();
  const store = PolicyStore.open(directory);
  const refuse = (): never => {
    throw new Error('refused');
  };
  await t.rejects(store.change(off, refuse), { message: 'refused' });
  rmSync(directory, { recursive: true });
  await t.rejects(store.change(off), { code: 'ENOENT' });
  t.strictSame(store.current, defaultPolicy());
});

await t.test('what a kill has left is tidied up', (t) => {
  const directory = t.testdir({
    'config.json.1.tmp': '',
    'config.json': '{}',
    'tokens.json': '',
    'x.tmp': '',
  });
  PolicyStore.tidy(directory);
  t.strictSame(readdirSync(directory).sort(), ['config.json', 'tokens.json', 'x.tmp']);
  t.end();
});

const broken: Record<string, RegExp> = {
  '{"EnableMACAntiSpoofingFilterRules"': /is not JSON/,
  '': /is not JSON/,
  '[]': /it must be object/,
  null: /it must be object/,
  '{"enable": true}': /enable is not a key of the configuration/,
  '{"EnableMACAntiSpoofingFilterRules": "false"}':
    /EnableMACAntiSpoofingFilterRules is wrong: it must be boolean/,
  '{"ClusterCompatibilityVersion": "4"}': /ClusterCompatibilityVersion is wrong: it must match/,
  '{"DefaultFilters": []}': /DefaultFilters is wrong/,
};
for (const [text, says] of Object.entries(broken)) {
  await t.test(`a file that cannot be used stops the start and stays: ${text}`, (t) => {
    const directory = t.testdir();
    writeFileSync(`${directory}/config.json`, text);
    const error = t.throws(() => PolicyStore.open(directory), { message: says });
    t.ok(error instanceof SettingsError);
    t.match(error, { message: `${directory}/config.json` });
    t.match(error, { message: /^[^\n]+\.$/ }, 'one sentence');
    t.equal(readFileSync(`${directory}/config.json`, 'utf8'), text);
    t.end();
  });
}
