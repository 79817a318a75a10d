import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type CommandError, run, startHost } from '../hosts/index.js';
import { onBridge, Service } from './service.js';

const checkout = new URL('../../', import.meta.url).pathname;

/** A package of somebody else, with virtwarden installed of a checkout, as npm does it. */
async function userPackage(t: Test, program: string): Promise<string> {
  const directory = t.testdir({
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        strict: true,
        typeRoots: [join(checkout, 'node_modules/@types')],
        types: ['node'],
      },
    }),
    'program.ts': program,
  });
  await mkdir(join(directory, 'node_modules'));
  await symlink(checkout, join(directory, 'node_modules/virtwarden'));
  return directory;
}

const compile = (directory: string) => run(join(checkout, 'node_modules/.bin/tsc'), ['-p', directory]);

await t.test('a program that imports virtwarden/client compiles, and is answered', async (t) => {
  await using host = await startHost();
  await using service = await Service.start(host);
  await service.create('web1', [onBridge()]);
  const directory = await userPackage(
    t,
    `
import { createVirtwardenClient, type Problem, type Schemas } from 'virtwarden/client';

const { VIRTWARDEN_TOKEN: token, SOCKET: socketPath } = process.env;
const client = createVirtwardenClient({ socketPath, token });
const { data, error } = await client.GET('/v1/vms', { params: { query: { state: 'running' } } });
if (error) throw new Error(error.detail);
const nics: Schemas['Nic'][] = data.items.flatMap((vm) => vm.nics);
const missing = await client.GET('/v1/vms/{vm}', { params: { path: { vm: 'web2' } } });
const problem: Problem | undefined = missing.error;
console.log(nics.map(({ filters }) => filters.join()).join(), problem?.type);
`,
  );
  await compile(directory);
  const token = (await readFile(join(host.dir, 'state/admin.token'), 'utf8')).trim();
  const env = { VIRTWARDEN_TOKEN: token, SOCKET: service.socket };
  const said = await host.run(process.execPath, [join(directory, 'program.js')], { env });
  t.equal(said, 'vdsm-no-mac-spoofing /problems/vm-not-found\n');
});

await t.test('one that asks for what is not there does not compile', async (t) => {
  const directory = await userPackage(
    t,
    `
import { createVirtwardenClient } from 'virtwarden/client';

const client = createVirtwardenClient();
await client.GET('/v1/vm');
await client.GET('/v1/vms/{vm}');
await client.POST('/v1/vms', { body: { name: 'a' } });
await client.PATCH('/v1/config', { body: { reconcile: 'always' } });
`,
  );
  const refused = (await compile(directory).catch((error: unknown) => error)) as CommandError;
  const lines = [...refused.stdout.matchAll(/^\S*program\.ts\((\d+),/gm)].map(([, line]) => Number(line));
  t.strictSame([...new Set(lines)], [5, 6, 7, 8], refused.stdout);
});
