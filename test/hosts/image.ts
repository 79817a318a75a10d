import { readFile, readdir, writeFile, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheRoot, contentKey } from './cache.js';
import { run } from './command.js';
import { type Entry, newc } from './initramfs.js';
import { modulesInOrder } from './modules.js';
import { nativePrograms } from './native.js';

/** A guest to boot: files with the same path in every test host. */
export interface GuestImage {
  kernel: string;
  initrd: string;
  cmdline: string;
  /** The directory that holds the files. */
  dir: string;
}

const busybox = '/bin/busybox';
const modules = [
  ...['virtio_pci', 'virtio_net', 'virtio_blk', 'virtio_rng', 'virtio_console', 'virtio_balloon', '8021q'],
  ...['virtio_scsi', 'sr_mod', 'isofs'],
];
const cmdline =
  'console=ttyS0 quiet loglevel=1 panic=-1 lsm= cryptomgr.notests random.trust_cpu=on no_timer_check tsc=reliable';

let made: Promise<GuestImage> | undefined;

/** Debian's cloud kernel with busybox and the agent, made at the first use. */
export function guestImage(): Promise<GuestImage> {
  return (made ??= make());
}

async function make(): Promise<GuestImage> {
  const { agent } = await nativePrograms();
  const kernelDir = await kernel();
  const key = await contentKey(
    [kernelDir, ...modules],
    [
      agent,
      busybox,
      ...['image.ts', 'modules.ts', 'initramfs.ts'].map((name) => join(import.meta.dirname, name)),
    ],
  );
  const dir = await cached(`guest-${key}`, async (draft) => {
    const [version = ''] = await readdir(join(kernelDir, 'lib/modules'));
    await copyFile(join(kernelDir, 'boot', `vmlinuz-${version}`), join(draft, 'vmlinuz'));
    await writeFile(join(draft, 'initrd'), await initramfs(join(kernelDir, 'lib/modules', version), agent));
  });
  return { kernel: join(dir, 'vmlinuz'), initrd: join(dir, 'initrd'), cmdline, dir };
}

async function initramfs(moduleDir: string, agent: string): Promise<Buffer> {
  const entries: Entry[] = ['bin', 'modules', 'etc', 'dev'].map((path) => ({ path, kind: 'directory' }));
  entries.push({ path: 'dev/console', kind: 'character', major: 5, minor: 1 });
  entries.push({ path: 'init', kind: 'file', data: await readFile(agent) });
  entries.push({ path: 'bin/busybox', kind: 'file', data: await readFile(busybox) });
  for (const applet of (await run(busybox, ['--list'])).trim().split('\n')) {
    if (applet !== 'busybox') entries.push({ path: `bin/${applet}`, kind: 'link', target: 'busybox' });
  }
  for (const [i, file] of (await modulesInOrder(moduleDir, modules)).entries()) {
    const name = `${String(i).padStart(2, '0')}-${file.split('/').at(-1) ?? ''}`;
    entries.push({ path: `modules/${name}`, kind: 'file', data: await readFile(file) });
  }
  return newc(entries);
}

/** The unpacked kernel package: never installed, since that would touch the machine's boot. */
async function kernel(): Promise<string> {
  const kept = (await readdir(cacheRoot))
    .filter((name) => name.startsWith('kernel-'))
    .sort()
    .at(-1);
  if (kept) return join(cacheRoot, kept);
  const depends = await run('apt-cache', ['depends', 'linux-image-cloud-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!name) throw new Error('apt knows no linux-image-cloud-amd64: run apt-get update');
  return cached(`kernel-${name}`, async (draft) => {
    await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', name], { cwd: draft });
    const [deb = ''] = await readdir(draft);
    await run('dpkg', ['-x', join(draft, deb), draft]);
    await run('rm', [join(draft, deb)]);
  });
}
