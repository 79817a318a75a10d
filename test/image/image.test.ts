import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { service as started } from '../../scripts/lib/service.mjs';
import { licencesLost } from '../helpers/licences.js';
import { run, startHost } from '../hosts/index.js';
import { onBridge, Service } from '../integration/service.js';
import { forGroup, images, installedBoot, installImages } from '../integration/systemd-unit.js';
import { makeBase } from './base.js';
import { Buildah } from './buildah.js';
import { containerCommand } from './container.js';

const checkout = new URL('../../', import.meta.url).pathname;
/** As the Dockerfile names it. */
const base = 'docker.io/library/node:20-bookworm-slim';
/** What the image adds to its base at most, MB: README.md says so. */
const mostMB = 100;
const uid = 7480;

const buildah = await Buildah.open();
t.teardown(() => buildah[Symbol.asyncDispose]());
await makeBase(buildah, base);
await buildah.build(checkout, 'virtwarden');
const root = await buildah.mount('virtwarden');
const sizeMB = async (directory: string): Promise<number> =>
  Number((await run('du', ['-sxm', directory])).split('\t')[0]);

await t.test('the image is small, and has nothing to build with', async (t) => {
  const added = (await sizeMB(root)) - (await sizeMB(await buildah.mount(base)));
  t.comment(`it adds ${added} MB to its base`);
  t.ok(added <= mostMB, `${added} MB`);
  const found = await run('chroot', [
    root,
    'sh',
    '-c',
    'for one in cc g++ make python3 git; do command -v $one; done; true',
  ]);
  t.equal(found, '');
  t.equal((await buildah.config('virtwarden')).User, 'virtwarden');
});

await t.test('the image carries the licences of what it has', async (t) => {
  t.strictSame(await licencesLost(join(root, 'opt/virtwarden')), []);
});

await t.test('the image runs the service as npm start does', async (t) => {
  const { Env, Entrypoint, Cmd } = await buildah.config('virtwarden');
  const command = [...Entrypoint, ...Cmd];
  t.strictSame(
    command.slice(command.indexOf('node') + 1).map((arg) => arg.replace('/opt/virtwarden/', checkout)),
    started.args,
  );
  for (const [name, value] of Object.entries(started.env)) t.ok(Env.includes(`${name}=${value}`), name);
});

await t.test('the compose file asks for what the container below has', async (t) => {
  const compose = await readFile(join(checkout, 'packaging/image/compose.yaml'), 'utf8');
  for (const said of ['network_mode: host', 'read_only: true', 'cap_drop: [ALL]', 'cap_add: [NET_ADMIN]'])
    t.ok(compose.includes(`\n    ${said}\n`), said);
});

await t.test('a container makes a VM on the libvirt of its host, and sees it enforced', async (t) => {
  await using host = await startHost(forGroup);
  await chmod(host.dir, 0o711);
  await installImages(host);
  // libvirtd refuses who has no name on its host, and whose group has none: README has them made
  for (const [file, line] of [
    ['passwd', `virtwarden:x:${uid}:${uid}::/:/usr/sbin/nologin`],
    ['group', `virtwarden:x:${uid}:`],
  ] as const) {
    const copy = join(host.dir, file);
    await writeFile(copy, `${await readFile(`/etc/${file}`, 'utf8')}${line}\n`);
    await host.run('mount', ['--bind', copy, `/etc/${file}`]);
  }
  for (const directory of ['state', 'service']) {
    await mkdir(join(host.dir, directory));
    await chown(join(host.dir, directory), uid, uid);
  }
  const [, , gid] = (await run('getent', ['group', 'libvirt'])).split(':');
  const config = await buildah.config('virtwarden');
  const options = {
    config,
    root,
    env: { VIRTWARDEN_LISTEN: 'unix:/run/virtwarden/api.sock' },
    binds: {
      '/run/libvirt': '/run/libvirt',
      [images]: images,
      [join(host.dir, 'state')]: '/var/lib/virtwarden',
      [join(host.dir, 'service')]: '/run/virtwarden',
    },
    uid,
    groups: [Number(gid)],
  };
  const command = await containerCommand(host, 'virtwarden', options);
  const service = await Service.start(host, { command, socket: join(host.dir, 'service', 'api.sock') });
  t.match(await service.request('GET', '/readyz'), { status: 200 });
  const { body: page } = await service.request<string>('GET', '/');
  const [, script = ''] = /<script [^>]*src="([^"]+)"/.exec(page) ?? [];
  t.match(await service.request('GET', script), { status: 200, headers: { 'content-type': /javascript/ } });
  const made = await service.create('vm', [onBridge()], { boot: await installedBoot() });
  t.match(made, { status: 201, body: { state: 'running', detail: undefined } });
  t.match(await service.request('GET', '/v1/enforcement'), {
    body: { counts: { enforced: 1 }, nics: [], findings: [] },
  });
  // an engine runs it in the container; beside it, it finds the same
  const [, ...Entrypoint] = config.Healthcheck.Test;
  const [runtime = '', ...args] = await containerCommand(host, 'health', {
    ...options,
    config: { ...config, Entrypoint, Cmd: [] },
  });
  t.equal(await host.run(runtime, args), 'status=ok\n');
  await service.request('DELETE', '/v1/vms/vm?force=true');
  t.match(await service.stop(), { code: 0 });
});
