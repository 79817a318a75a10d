import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { Authentication } from '../../src/access/authentication.js';
import { Certificates } from '../../src/access/certificates.js';
import { loadSettings, type Settings } from '../../src/config.js';
import { namesOf } from '../../src/limits/host-names.js';
import { TokenStore } from '../../src/state/tokens.js';
import { readTlsFiles } from '../../src/tls.js';
import { connectedApp } from '../helpers/app.js';
import { Cli } from '../helpers/cli.js';
import { codeIn } from './markdown.js';

const operate = new URL('../../docs/operate/', import.meta.url);
const page = readFileSync(new URL('secure.md', operate), 'utf8');
const [recipe = '', asked = ''] = codeIn(page, 'A private CA', 'sh');
const [file = ''] = codeIn(readFileSync(new URL('configure.md', operate), 'utf8'), 'A settings file', 'json');

const directory = mkdtempSync(join(tmpdir(), 'virtwarden-recipe-'));
t.teardown(() => rmSync(directory, { recursive: true }));
const sh = (script: string, cwd = directory): void =>
  void execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd, stdio: 'pipe' });

sh(recipe);
/** The settings that the page has in its file, with its certificates where they were made. */
const config = join(directory, 'virtwarden.json');
writeFileSync(config, file.replaceAll('/etc/virtwarden/tls', directory));
const settings = loadSettings({}, { config });

/** Runs the service over HTTPS by the name that the page has for it. @returns what makes curl find it there */
async function serve(t: Test, { tlsClients, ...files }: Settings): Promise<string> {
  const tls = readTlsFiles({ tlsClients, ...files });
  if (!tls) throw new Error('no TLS');
  const certificates = new Certificates(tlsClients);
  const authentication = new Authentication(TokenStore.inMemory(), { certificates });
  const app = await connectedApp(t, { tls, authentication, hostNames: namesOf(tls.cert) });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const curl = t.testdir({ '.curlrc': `connect-to = "kvm1.example.org:7480:127.0.0.1:${port}"\n` });
  return curl;
}
const run = promisify(execFile);
/** Runs a script that asks the service. @returns what it says, also where curl takes that for a failure */
async function curl(home: string, script: string): Promise<string> {
  const options = { cwd: directory, env: { ...process.env, CURL_HOME: home } };
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], options).catch(
    (failure: unknown) => failure as { stdout: string },
  );
  return stdout;
}

await t.test('keys are made that nobody else can read', (t) => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.key'));
  t.strictSame(files, ['admin.key', 'ca.key', 'kvm1.key', 'orchestrator.key', 'prometheus.key']);
  for (const name of files) t.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
  t.notOk(readdirSync(directory).some((name) => name.endsWith('.csr')));
  t.end();
});

await t.test('with the certificates of the recipe clients come in, each with its role', async (t) => {
  const home = await serve(t, settings);
  const answers = await curl(home, asked);
  t.match(answers, '"items":[]');
  t.match(answers, '"name":"test"', 'of the test driver');
  t.match(answers, /^virtwarden_libvirt_connected 1$/m);
  const [first = ''] = asked.split('\n');
  t.match(await curl(home, first.replaceAll('admin.', 'prometheus.')), 'has the role viewer');
  t.match(await curl(home, first.replaceAll('admin.', 'kvm1.')), 'is not valid', 'one for servers');
  t.match(await curl(home, first.replace(/--cert .*\.key /, '')), '"status":401', 'nobody');
});

await t.test('two authorities in one file let in the clients of both', async (t) => {
  sh('mkdir next');
  sh(recipe, join(directory, 'next'));
  sh('cat ca.pem next/ca.pem > both.pem');
  const home = await serve(t, { ...settings, tlsClientCa: join(directory, 'both.pem') });
  const [first = ''] = asked.split('\n');
  t.match(await curl(home, first), '"items"');
  t.match(await curl(home, first.replace(/(?<=--(cert|key) )/g, 'next/')), '"items"');
});

await t.test('a backup brings tokens and the policy back, and nothing that was under way', async (t) => {
  const [save = '', restore = ''] = codeIn(page, 'Backup', 'sh');
  const at = t.testdir({ virtwarden: { journal: { 'a.json': '{}' } }, later: {} });
  const none = join(at, 'none.json');
  writeFileSync(none, '{}');
  const cli = async (...args: string[]): Promise<string> => {
    const env = {
      VIRTWARDEN_CONFIG: none,
      VIRTWARDEN_STATE_DIR: join(at, 'virtwarden'),
      VIRTWARDEN_LISTEN: 'unix:/nonexistent/api.sock',
    };
    const command = new Cli(args, env);
    t.equal(await command.end(), 0, command.stderr);
    return command.stdout;
  };
  await cli('token', 'create', 'keeper', '--role', 'admin');
  await cli('config', 'set', 'reconcile=report');
  sh(save.replace('/var/lib', at), join(at, 'later'));
  rmSync(join(at, 'virtwarden'), { recursive: true });
  sh(restore.replace('/var/lib', at), join(at, 'later'));
  t.match(await cli('token', 'list'), 'keeper');
  t.match(await cli('config', 'get'), 'report');
  t.notOk(readdirSync(join(at, 'virtwarden')).includes('journal'));
});
