import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { installation as anyInstallation } from './installation.js';

/** An installation, and its command for the policy. */
function installation(t: Test) {
  const { run, stored, ...rest } = anyInstallation(t);
  const config = (args: string[], more: Record<string, string> = {}) => run(['config', ...args], more);
  return { ...rest, config, stored: () => stored('config.json') };
}

const off = 'EnableMACAntiSpoofingFilterRules=false';

await t.test('while the service is down: on its file, which the service then reads', async (t) => {
  const { config, serve, stored } = installation(t);
  t.match(await config(['get']), {
    code: 0,
    stdout:
      'EnableMACAntiSpoofingFilterRules=true\nClusterCompatibilityVersion=4.8\nDefaultFilters=vdsm-no-mac-spoofing\nIngressGuard=true\nreconcile=repair\n',
  });
  const set = await config(['set', off, 'DefaultFilters=clean-traffic,no-mac-spoofing', '--json']);
  t.equal(set.code, 0);
  const expected = {
    EnableMACAntiSpoofingFilterRules: false,
    ClusterCompatibilityVersion: '4.8',
    DefaultFilters: ['clean-traffic', 'no-mac-spoofing'],
    IngressGuard: true,
    reconcile: 'repair',
  };
  t.strictSame(JSON.parse(set.stdout), expected);
  t.match(stored(), { EnableMACAntiSpoofingFilterRules: false });
  t.match(await config(['get', 'DefaultFilters']), { code: 0, stdout: 'clean-traffic,no-mac-spoofing\n' });
  await serve();
  t.strictSame(JSON.parse((await config(['get', '--json'])).stdout), expected);
});

await t.test('while it is up: through the service', async (t) => {
  const { directory, config, serve, stored } = installation(t);
  await serve();
  t.match(await config(['set', 'ClusterCompatibilityVersion=3.10']), { code: 0, stdout: /Version=3\.10\n/ });
  t.strictSame(stored(), { ClusterCompatibilityVersion: '3.10' });
  t.match(await config(['get', 'ClusterCompatibilityVersion', '--json']), { code: 0, stdout: '"3.10"\n' });
  t.match(
    await config(['get', 'ClusterCompatibilityVersion'], { VIRTWARDEN_LISTEN: `unix:${directory}/other` }),
    { code: 0, stdout: '3.10\n' },
    'also when the command was told another address',
  );

  const token = readFileSync(`${directory}/state/admin.token`, 'utf8').trim();
  writeFileSync(`${directory}/wrong`, 'vw_wrong');
  rmSync(`${directory}/state/admin.token`);
  t.match(await config(['get']), { code: 3, stderr: /admin\.token cannot be read/ });
  t.match(await config(['get'], { VIRTWARDEN_TOKEN: token }), { code: 0 });
  t.match(await config(['get', '--token-file', `${directory}/wrong`], { VIRTWARDEN_TOKEN: token }), {
    code: 3,
    stderr: /The token is not valid/,
  });
  t.match(await config(['get'], { VIRTWARDEN_TOKEN_FILE: '/missing' }), { code: 2, stderr: /\/missing/ });
});

await t.test('one service to a state directory', async (t) => {
  const { serve, start, directory } = installation(t);
  await serve();
  const second = start(['serve'], { VIRTWARDEN_LISTEN: `unix:${directory}/second` });
  t.equal(await second.end(), 2);
  t.match(second.stderr, /Another virtwarden uses the state directory/);
  t.notOk(existsSync(`${directory}/second`));
});

await t.test('no change is lost to a service that starts meanwhile', async (t) => {
  const { config, serve } = installation(t);
  const [service, ...answers] = await Promise.all([
    serve(),
    config(['set', off]),
    config(['set', 'ClusterCompatibilityVersion=3.6']),
  ]);
  t.strictSame(
    answers.map(({ code }) => code),
    [0, 0],
    answers.map(({ stderr }) => stderr).join(),
  );
  t.match(await config(['get']), { stdout: /=false\nClusterCompatibilityVersion=3\.6\n/ });
  service.child.kill('SIGTERM');
  await service.end();
  t.match(await config(['get']), { stdout: /=false\nClusterCompatibilityVersion=3\.6\n/ });
});

await t.test('a broken file is not written over', async (t) => {
  const { directory, config } = installation(t);
  await config(['set', off]);
  writeFileSync(`${directory}/state/config.json`, '{');
  t.match(await config(['set', off]), { code: 2, stderr: /config\.json is not JSON/ });
  t.equal(readFileSync(`${directory}/state/config.json`, 'utf8'), '{');
});

const wrong: [args: string[], says: RegExp][] = [
  [[], /config wants get \[KEY\] or set/],
  [['show'], /config wants/],
  [['get', 'A', 'B'], /config wants/],
  [['get', 'enable'], /There is no key "enable": there are EnableMAC/],
  [['set'], /needs KEY=VALUE/],
  [['set', 'DefaultFilters'], /"DefaultFilters" is not KEY=VALUE/],
  [['set', 'x=1'], /There is no key "x"/],
  [['set', 'EnableMACAntiSpoofingFilterRules=yes'], /it must be boolean/],
  [['set', 'ClusterCompatibilityVersion=4'], /it must match/],
  [['set', 'DefaultFilters='], /DefaultFilters/],
  [['set', off, off], /twice/],
  [['get', '--jso'], /--jso/],
];
await t.test('wrong use', async (t) => {
  const { directory, config } = installation(t);
  for (const [args, says] of wrong) {
    const answer = await config(args);
    t.equal(answer.code, 2, args.join(' '));
    t.match(answer.stderr, says);
    t.match(answer.stderr, /^virtwarden: [^\n]+\nTry: virtwarden --help\n$/);
    t.equal(answer.stdout, '');
  }
  t.notOk(existsSync(`${directory}/state`), 'and nothing was touched');
});
