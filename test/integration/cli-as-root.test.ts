import { mkdir, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startHost } from '../hosts/index.js';

const entry = new URL('../../dist/cli/index.js', import.meta.url).pathname;
/** Whose the state directory is, as the package's user has it. */
const uid = 7480;

await t.test(
  'what root does on the state directory of a service that is down, that service can read',
  async (t) => {
    await using host = await startHost();
    const stateDir = join(host.dir, 'state');
    await mkdir(stateDir, { mode: 0o700 });
    await chown(stateDir, uid, uid);
    await host.run('chmod', ['711', host.dir]);
    const env = { VIRTWARDEN_STATE_DIR: stateDir, VIRTWARDEN_LISTEN: `unix:${join(host.dir, 'api.sock')}` };
    const cli = (...args: string[]) => host.run(process.execPath, [entry, ...args], { env });
    await cli('config', 'set', 'reconcile=report');
    await cli('token', 'create', 'root', '--role', 'admin');
    for (const file of ['lock', 'config.json', 'tokens.json', 'audit.jsonl']) {
      const { uid: owner, mode } = await stat(join(stateDir, file));
      t.equal(owner, uid, file);
      t.equal(mode & 0o077, 0, file);
    }
    t.match(await cli('config', 'get', 'reconcile'), 'report');
  },
);
