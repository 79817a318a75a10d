import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cacheRoot } from '../hosts/cache.js';
import { run, startHost } from '../hosts/index.js';
import { Service } from './service.js';

const checkout = new URL('../../', import.meta.url).pathname;
const at = (path: string): string => join(checkout, path);

const host = await startHost();
t.teardown(() => host.stop());
const service = await Service.start(host, { env: { VIRTWARDEN_LISTEN: '127.0.0.1:7481' } });
t.teardown(() => service[Symbol.asyncDispose]());
const env = {
  VIRTWARDEN_API_URL: 'http://127.0.0.1:7481',
  VIRTWARDEN_TOKEN: (await readFile(join(host.dir, 'state/admin.token'), 'utf8')).trim(),
  GOCACHE: join(cacheRoot, 'go'),
};
/** As the heads of the examples say that they are run. */
const examples: Record<string, string[]> = {
  curl: [at('examples/filtered-vm.sh')],
  Python: [at('examples/filtered_vm.py')],
  Go: ['go', 'run', at('examples/filtered-vm.go')],
  TypeScript: [at('node_modules/.bin/tsx'), at('examples/filtered-vm.ts')],
};

for (const [language, [command = '', ...args]] of Object.entries(examples)) {
  await t.test(`${language}: a VM is made, seen to be enforced, and removed`, async (t) => {
    t.match(
      await host.run(command, args, { env }),
      /^52:54:00:..:..:.. is enforced: vdsm-no-mac-spoofing, [1-9]\d* rules\n$/,
    );
    t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
    t.strictSame(await host.leftovers(), { chains: [], jumps: [], bindings: [], taps: [] });
  });

  await t.test(`${language}: a problem is told, and nothing is left`, async (t) => {
    const failing = { ...env, BRIDGE: 'missing' };
    const failed = await host.run(command, args, { env: failing }).catch((error: unknown) => error);
    t.match(failed, { code: 1, stdout: '', stderr: /^\S.*: .*missing/m });
    t.equal((await host.virsh('list', '--all', '--name')).trim(), '');
  });
}

await t.test('the one in TypeScript is typed by the client as it is built', async () => {
  await run(at('node_modules/.bin/tsc'), ['-p', at('examples')]);
});
