import { readFileSync } from 'node:fs';
import t from 'tap';
import { envName, flagName, settingNames } from '../src/config.js';
import { Cli } from './helpers/cli.js';

for (const flag of ['--help', '-h']) {
  await t.test(`${flag} names every setting, as a flag and as a variable`, async (t) => {
    const cli = new Cli([flag]);
    t.equal(await cli.end(), 0);
    t.match(cli.stdout, /^usage: virtwarden serve /);
    for (const name of settingNames) {
      t.match(cli.stdout, `--${flagName(name)} `);
      t.match(cli.stdout, `${envName(name)} `);
    }
    t.equal(cli.stderr, '');
  });
}

await t.test('--version', async (t) => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const cli = new Cli(['--version']);
  t.equal(await cli.end(), 0);
  t.equal(cli.stdout, `${(JSON.parse(manifest) as { version: string }).version}\n`);
});

const file = `${t.testdir({ 'virtwarden.json': '{}' })}/virtwarden.json`;
const wrong: [what: string, args: string[], env: Record<string, string>, says: RegExp][] = [
  ['no command', [], {}, /A command is needed\./],
  ['an unknown command', ['server'], {}, /There is no command "server"\./],
  ['a flag for a command', ['--listen', 'x'], {}, /There is no command "--listen"\./],
  ['an unknown flag', ['serve', '--lisen', 'x'], {}, /--lisen/],
  ['a flag without its value', ['serve', '--listen'], {}, /--listen/],
  ['an argument too many', ['serve', 'now'], {}, /now/],
  ['a setting that is wrong', ['serve', '--listen', 'nowhere'], {}, /"nowhere", is neither HOST:PORT nor/],
  ['an address that needs TLS', ['serve', '--listen', '0.0.0.0:80'], {}, /0\.0\.0\.0:80 needs TLS/],
  ['an unknown variable', ['serve'], { VIRTWARDEN_LISEN: 'x' }, /VIRTWARDEN_LISEN is not a setting/],
  [
    'a settings file that is not there',
    ['serve'],
    { VIRTWARDEN_CONFIG: '/missing' },
    /\/missing cannot be read/,
  ],
];
for (const [what, args, env, says] of wrong) {
  await t.test(`wrong use: ${what}`, async (t) => {
    const cli = new Cli(args, { VIRTWARDEN_CONFIG: file, ...env });
    t.equal(await cli.end(), 2);
    t.match(cli.stderr, says);
    const [sentence = '', hint, ...rest] = cli.stderr.split('\n');
    t.match(sentence, /^virtwarden: [^\n]+/);
    t.strictSame([hint, ...rest], ['Try: virtwarden --help', ''], 'one sentence and where to look');
    t.equal(cli.stdout, '');
  });
}
