import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ProblemBody } from '../../src/schemas/problem.js';
import type { Vm, VmInput } from '../../src/schemas/vm.js';
import { qcow2, standsOn } from '../helpers/qcow2.js';
import { Guest, guestImage, startHost } from '../hosts/index.js';
import { Service } from './service.js';

// Callers, guests and users of the host who would have a VM read or boot what is not for VMs.

const host = await startHost();
t.teardown(() => host.stop());
const content = 'WHAT NO VM IS TO SEE';
const secret = join(host.dir, 'secret');
const images = join(host.dir, 'images');
const pool = join(host.dir, 'pool');
for (const directory of ['images/sub', 'pool', 'outside/images/sub', 'outside/pool', 'away', 'hooks'])
  await mkdir(join(host.dir, directory), { recursive: true });
await writeFile(secret, content.padEnd(4096, '.'));
const image = await guestImage();
for (const directory of [images, join(host.dir, 'outside/images')]) {
  await copyFile(image.kernel, join(directory, 'kernel'));
  await copyFile(image.initrd, join(directory, 'initrd'));
}
const put = (name: string, bytes: Buffer | string): Promise<void> => writeFile(join(host.dir, name), bytes);

// What libvirt does in the middle of a start, and waits for, is the script of that moment.
await mkdir(join(host.dir, 'etc/hooks'));
await writeFile(
  join(host.dir, 'etc/hooks/qemu'),
  `#!/bin/sh\nscript=${host.dir}/hooks/$2\n[ ! -e "$script" ] || . "$script"\n`,
  { mode: 0o755 },
);
await host.libvirtd.restart();
await host.virsh('pool-create-as', 'p', 'dir', '--target', pool);
const service = await Service.start(host, {
  // as it must not be set up, and yet nothing may come of it
  env: { VIRTWARDEN_IMAGE_DIRS: `${images}:${join(host.dir, 'state')}` },
});
const boot = { kernel: join(images, 'kernel'), initrd: join(images, 'initrd'), cmdline: image.cmdline };
const create = <T = Vm>(more: Partial<VmInput>, start = true) =>
  service.create<T>('vm', [], { start, boot, ...more });

/** The answers so far, to be searched for what must not be in them. */
const answers: unknown[] = [];
async function isRefused(
  t: Test,
  answer: { status: number; body: ProblemBody },
  field: string,
  type = field.endsWith('/volume') ? 'volume-refused' : 'path-not-allowed',
): Promise<void> {
  answers.push(answer.body);
  t.match(answer, { status: 422, body: { type: `/problems/${type}`, errors: [{ path: field }] } });
  t.equal((await host.virsh('list', '--name')).trim(), '', 'no VM runs');
}

await put('images/disk', 'GOOD');
await put('images/disguised', standsOn(secret));
await symlink(secret, join(images, 'link'));
await symlink('..', join(images, 'up'));
await host.run('mkfifo', [join(images, 'fifo')]);
await host.run('mknod', [join(images, 'device'), 'b', '7', '0']);
await host.run('mknod', [join(images, 'null'), 'c', '1', '3']);
await host
  .run('node', [
    '-e',
    `require('net').createServer().listen('${images}/socket', () => process.kill(process.pid, 'SIGKILL'))`,
  ])
  .catch(() => undefined);

const paths = [
  '/etc/shadow',
  '/etc/../etc/shadow',
  '/proc/self/root/etc/shadow',
  '/proc/self/environ',
  '/proc/self/fd/0',
  '/dev/vda',
  secret,
  ...[
    'link',
    'up/secret',
    '../secret',
    'sub/../../secret',
    'fifo',
    'device',
    'null',
    'socket',
    'sub',
    '.',
  ].map((name) => `${images}/${name}`),
  `${host.dir}/state/admin.token`,
  `${host.dir}/state/tokens.json`,
];
await t.test('paths that lead to what is no file of VMs', async (t) => {
  for (const path of paths) {
    await t.test(path.replace(host.dir, ''), async (t) => {
      await isRefused(t, await create<ProblemBody>({ disks: [{ path, format: 'raw' }] }), '/disks/0/path');
      await isRefused(t, await create<ProblemBody>({ disks: [{ path }] }), '/disks/0/path');
      await isRefused(t, await create<ProblemBody>({ cdrom: { path } }), '/cdrom/path');
      await isRefused(t, await create<ProblemBody>({ boot: { ...boot, kernel: path } }), '/boot/kernel');
      await isRefused(t, await create<ProblemBody>({ boot: { ...boot, initrd: path } }), '/boot/initrd');
    });
  }
});

const shadow = 'json:{"driver":"raw","file":{"driver":"file","filename":"/etc/shadow"}}';
const hostile: Record<string, Buffer> = {
  'on-shadow': standsOn('/etc/shadow'),
  'on-secret': standsOn('../secret'),
  'on-link': standsOn('link'),
  'on-fifo': standsOn('fifo'),
  'on-device': standsOn('device'),
  'on-itself': standsOn('on-itself', 'qcow2'),
  'on-json': standsOn(shadow),
  'on-nbd': standsOn('nbd:unix:/run/libvirt/libvirt-sock'),
  'on-http': standsOn('http://127.0.0.1/'),
  'on-guess': qcow2({ backing: 'disguised' }),
  'on-vmdk': qcow2({ backing: 'disk', extensions: [[0xe2792aca, 'vmdk']] }),
  'data-outside': qcow2({ incompatible: 4n, extensions: [[0x44415441, '/etc/shadow']] }),
};
await t.test('images that stand on what is no file of VMs', async (t) => {
  await symlink(secret, join(pool, 'link'));
  for (const [name, bytes] of Object.entries(hostile)) {
    await put(`images/${name}`, bytes);
    await put(`pool/${name}`, bytes);
    await put(`images/over-${name}`, standsOn(name, 'qcow2'));
    await put(`pool/over-${name}`, standsOn(name, 'qcow2'));
  }
  await host.virsh('pool-refresh', 'p');
  for (const [name] of Object.entries(hostile)) {
    await t.test(name, async (t) => {
      for (const top of [name, `over-${name}`]) {
        const path = join(images, top);
        await isRefused(t, await create<ProblemBody>({ disks: [{ path }] }), '/disks/0/path');
        const volume = { pool: 'p', volume: top };
        await isRefused(t, await create<ProblemBody>({ disks: [volume] }), '/disks/0/volume');
        const asBacking = await create<ProblemBody>({ disks: [{ pool: 'p', sizeGiB: 1, backing: volume }] });
        await isRefused(t, asBacking, '/disks/0/backing/volume', 'volume-refused');
      }
    });
  }
});

await t.test('what lies in a pool’s directory, and is no volume of its own', async (t) => {
  await host.run('mkfifo', [join(pool, 'fifo')]);
  await host.run('mknod', [join(pool, 'device'), 'b', '7', '0']);
  await host.run('mknod', [join(pool, 'null'), 'c', '1', '3']);
  await symlink('/dev/null', join(pool, 'link-to-null'));
  await symlink(join(host.dir, 'state/admin.token'), join(pool, 'token'));
  await mkdir(join(pool, 'directory'));
  await host.virsh('pool-refresh', 'p');
  // of the rest libvirt makes no volume
  for (const volume of ['link', 'token', 'device', 'directory'])
    await isRefused(t, await create<ProblemBody>({ disks: [{ pool: 'p', volume }] }), '/disks/0/volume');
  const names = [
    'fifo',
    'null',
    'link-to-null',
    '../secret',
    '../../etc/shadow',
    '/etc/shadow',
    secret,
    '.',
    '..',
  ];
  for (const volume of names) {
    const answer = await create<ProblemBody>({ disks: [{ pool: 'p', volume }] });
    await isRefused(t, answer, '/disks/0/volume', 'volume-not-found');
  }
});

/** What is exchanged for its like outside of the allowed directories, and what names it. */
const parts: Record<string, string> = {
  'images/kernel': '/boot/kernel',
  'images/initrd': '/boot/initrd',
  'images/sub/overlay': '/disks/0/path',
  'images/sub': '/disks/0/path',
  'images/base': '/disks/0/path',
  'images/disk': '/disks/1/path',
  'pool/over-volume': '/disks/2/volume',
  'pool/volume': '/disks/2/volume',
  'images/iso': '/cdrom/path',
};
const exchange = (part: string): string =>
  `mv ${part} away/part && ln -s ${host.dir}/outside/${part} ${part}`;
const putBack = (part: string): string => `rm ${part} && mv away/part ${part}`;
const sh = (script: string): Promise<string> => host.run('sh', ['-ec', `cd ${host.dir}; ${script}`]);

const state = async (): Promise<string> => (await service.request<Vm>('GET', '/v1/vms/vm')).body.state;
const start = () => service.request('POST', '/v1/vms/vm/start');

await t.test('an exchange after the creation', async (t) => {
  for (const [directory, inside] of [
    ['.', 'GOOD'],
    ['outside', content],
  ] as const) {
    for (const name of ['images/base', 'images/disk', 'images/iso', 'pool/volume'])
      await put(`${directory}/${name}`, inside.padEnd(4096, '.'));
    await sh(`cd ${directory}; qemu-img create -q -f qcow2 -b ../base -F raw images/sub/overlay`);
    await sh(`cd ${directory}; qemu-img create -q -f qcow2 -b ${pool}/volume -F raw pool/over-volume`);
  }
  await host.virsh('pool-refresh', 'p');
  const disks = [
    { path: join(images, 'sub/overlay') },
    { path: join(images, 'disk'), format: 'raw' as const },
    { pool: 'p', volume: 'over-volume' },
    { path: join(images, 'disguised'), format: 'raw' as const },
  ];
  t.equal((await create({ disks, cdrom: { path: join(images, 'iso') } }, false)).status, 201);
  for (const [part, field] of Object.entries(parts)) {
    await t.test(`of ${part}`, async (t) => {
      await sh(exchange(part));
      await isRefused(t, await start(), field);
      await sh(putBack(part));
      t.equal(await state(), 'shutoff');
    });
  }
});

/** The start of the VM, in which libvirt runs these scripts and waits for them, and what QEMU had open then. */
async function startWith(scripts: Record<string, string>) {
  for (const [moment, script] of Object.entries(scripts))
    await put(`hooks/${moment}`, `cd ${host.dir}\n${script}\n`);
  const answer = await start();
  for (const moment of Object.keys(scripts)) await rm(join(host.dir, 'hooks', moment));
  return { answer, open: await readFile(join(host.dir, 'open'), 'utf8') };
}
const lookAtQemu = 'pid=$(cat /run/libvirt/qemu/$1.pid); { ls -l /proc/$pid/fd; cat /proc/$pid/maps; } >open';

await t.test('an exchange between the look and QEMU’s', async (t) => {
  for (const [part, field] of Object.entries(parts)) {
    const check = async (t: Test, scripts: Record<string, string>): Promise<void> => {
      const { answer, open } = await startWith(scripts);
      await isRefused(t, answer, field);
      t.equal(await state(), 'shutoff');
      // the kernel is closed again once it is read
      if (!part.endsWith('kernel')) t.match(open, `${host.dir}/outside/`, 'QEMU had it open');
    };
    await t.test(`of ${part}`, async (t) => {
      await check(t, { start: exchange(part), started: lookAtQemu });
      await sh(putBack(part));
    });
    await t.test(`of ${part}, taken back before the look after it`, (t) =>
      check(t, { start: exchange(part), started: `${lookAtQemu}\n${putBack(part)}` }),
    );
  }
  await t.test('of what is written in an image', async (t) => {
    await sh(`qemu-img create -q -f qcow2 -b ${secret} -F raw away/hostile`);
    const { answer, open } = await startWith({
      prepare: 'cp images/sub/overlay away/part; cat away/hostile >images/sub/overlay',
      started: `${lookAtQemu}; cat away/part >images/sub/overlay`,
    });
    await isRefused(t, answer, '/disks/0/path');
    t.match(open, secret, 'QEMU had it open');
    t.equal(await state(), 'shutoff');
  });
});

await t.test('left alone it runs, and what is raw stays raw', async (t) => {
  t.equal((await start()).status, 200);
  const guest = await (await Guest.attach(host, 'vm')).ready();
  for (const disk of ['vda', 'vdb', 'vdc', 'sr0'])
    t.equal(await guest.sh(`head -c 5 /dev/${disk}`), 'GOOD.', disk);
  t.match(await guest.sh('head -c 3 /dev/vdd'), 'QFI', 'its header is its content, and nobody else’s');
  await guest.detach();
});

await t.test('saved memory comes back with its own files, or not yet', async (t) => {
  await host.virsh('managedsave', 'vm');
  for (const [part, field] of Object.entries(parts)) {
    await sh(exchange(part));
    await isRefused(t, await start(), field);
    await sh(putBack(part));
  }
  const { answer, open } = await startWith({
    start: exchange('images/disk'),
    started: `${lookAtQemu}\n${putBack('images/disk')}`,
  });
  await isRefused(t, answer, '/disks/1/path');
  t.match(open, `${host.dir}/outside/`);
  t.match(await host.virsh('list', '--all', '--with-managed-save', '--name'), 'vm', 'it is kept');
  t.equal((await start()).status, 200);
  t.equal((await service.request('DELETE', '/v1/vms/vm?force=true')).status, 204);
});

await t.test('libvirt’s tool does not open what a guest has written into a raw disk', async (t) => {
  const disks = [{ pool: 'p', sizeGiB: 1, format: 'raw' as const }];
  const { body } = await create({ disks }, false);
  const { volume = '' } = body.disks[0] ?? {};
  await put(`pool/${volume}`, qcow2({ incompatible: 4n, extensions: [[0x44415441, secret]] }));
  await host.virsh('pool-refresh', 'p');
  const grown = await service.request('PATCH', '/v1/vms/vm/disks/vda', { sizeGiB: 2 });
  t.match(grown, {
    status: 422,
    body: { type: '/problems/disk-not-resizable', detail: /takes what is in it for qcow2/ },
  });
  await service.request('DELETE', '/v1/vms/vm?volumes=true');
});

await t.test('a VM that its administrator defined has its disks where they were put', async (t) => {
  await host.virshXml(
    `<domain type='qemu'><name>foreign</name><memory unit='MiB'>96</memory><os><type arch='x86_64'>hvm</type></os>
     <devices><disk type='file'><driver name='qemu' type='raw'/><source file='${secret}'/><target dev='vda'/></disk></devices></domain>`,
    'define',
    '@',
  );
  t.equal((await service.request('POST', '/v1/vms/foreign/start')).status, 200);
  t.equal((await service.request('DELETE', '/v1/vms/foreign?force=true')).status, 204);
});

await t.test('nothing of it was told', async (t) => {
  const token = (await readFile(join(host.dir, 'state/admin.token'), 'utf8')).trim();
  const told = JSON.stringify(answers) + (await sh('find log -type f -exec cat {} +'));
  for (const what of [content, token, 'root:']) t.notMatch(told, what);
  t.match(await readFile(secret, 'utf8'), content, 'and it is as it was');
});
