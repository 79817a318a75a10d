import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Cli } from '../helpers/cli.js';
import { codeIn } from './markdown.js';
import { pages, readPage, root } from './pages.js';

const scriptsOf = (directory: string): string[] => {
  const manifest = readFileSync(join(root, directory, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(manifest) as { scripts: object }).scripts);
};

await t.test('scripts of npm that pages name are there', (t) => {
  const known = ['.', 'node-libvirt', 'node-linux'].flatMap(scriptsOf);
  for (const page of pages) {
    const named = [...readPage(page).matchAll(/npm run (?:-s )?([a-z0-9:]+)/g)].map(([, name = '']) => name);
    t.strictSame(
      named.filter((name) => !known.includes(name)),
      [],
      page,
    );
  }
  t.end();
});

/** What a section has of `virtwarden`, each as its arguments. */
const commandsIn = (page: string, heading: string): string[][] =>
  codeIn(readPage(page), heading, 'sh').flatMap((block) =>
    [...block.matchAll(/^(?:npx )?virtwarden (.*)$/gm)].map(([, args = '']) => args.split(' ')),
  );

await t.test('the policy is set as the page says, and said', async (t) => {
  const [set = [], get = []] = commandsIn('docs/operate/fleet.md', 'One policy');
  const env = {
    VIRTWARDEN_CONFIG: `${t.testdir({ 'none.json': '{}', state: {} })}/none.json`,
    VIRTWARDEN_STATE_DIR: `${t.testdirName}/state`,
    VIRTWARDEN_LISTEN: 'unix:/nonexistent/api.sock',
  };
  t.equal(await new Cli(set, env).end(), 0);
  const said = new Cli([...get, '--json'], env);
  t.equal(await said.end(), 0);
  t.match(JSON.parse(said.stdout), {
    EnableMACAntiSpoofingFilterRules: true,
    IngressGuard: true,
    reconcile: 'repair',
  });
  const [health = []] = commandsIn('docs/operate/install.md', 'Is it well?');
  t.equal(await new Cli(health, env).end(), 3, 'nobody answers');
});
