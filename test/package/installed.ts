import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeDebianRoot } from '../helpers/debian-root.js';
import { run } from '../hosts/index.js';

const checkout = new URL('../../', import.meta.url).pathname;
const timeoutMs = 600_000;

/** Builds the package as README.md says; gives its file. */
export async function buildPackage(): Promise<string> {
  const said = await run('env', ['--unset=NODE_OPTIONS', 'npm', 'run', '-s', 'build:deb'], {
    cwd: checkout,
    timeoutMs,
  });
  return join(checkout, said.trim().split('\n').at(-1) ?? '');
}

/** Runs a command in a root directory, with /proc and /dev, and without what tap has each Node.js load. */
export const inRoot = (root: string, ...command: string[]): Promise<string> => {
  const script =
    'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec env --unset=NODE_OPTIONS chroot "$@"';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', TMPDIR: '/tmp' };
  return run('unshare', ['--mount', 'sh', '-c', script, 'sh', root, ...command], { timeoutMs, env });
};

/** This machine's Node.js as a package: Debian 12 has one that is too old, and whoever runs it there has another's. */
async function packNode(directory: string): Promise<string> {
  const tree = join(directory, 'nodejs');
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await copyFile(process.execPath, join(tree, 'usr/bin/node'));
  const architecture = (await run('dpkg', ['--print-architecture'])).trim();
  const control = [
    'Package: nodejs',
    `Version: ${process.versions.node}`,
    `Architecture: ${architecture}`,
    'Maintainer: nobody <nobody@localhost>',
    'Depends: libc6, libstdc++6',
    'Description: Node.js of the machine that tests',
  ];
  await writeFile(join(tree, 'DEBIAN/control'), `${control.join('\n')}\n`);
  const deb = join(directory, 'nodejs.deb');
  await run('dpkg-deb', ['--build', '--root-owner-group', '-Zgzip', '-z1', tree, deb]);
  return deb;
}

/** The package once more, with a higher version. */
export async function newerPackage(deb: string, directory: string, version: string): Promise<string> {
  const tree = join(directory, 'newer');
  await run('dpkg-deb', ['--raw-extract', deb, tree]);
  await run('sed', ['-i', `s/^Version: .*/Version: ${version}/`, join(tree, 'DEBIAN/control')]);
  const newer = join(directory, 'newer.deb');
  await run('dpkg-deb', ['--build', '-Zgzip', '-z1', tree, newer]);
  return newer;
}

/** A Debian in a directory that has the package installed, by apt, with what it depends on. */
export async function installPackage(deb: string, directory: string): Promise<string> {
  const root = join(directory, 'root');
  await makeDebianRoot(root, ['ca-certificates', 'systemd']);
  for (const one of [deb, await packNode(directory)]) await copyFile(one, join(root, basename(one)));
  await inRoot(root, 'apt-get', 'update', '-q');
  const packages = ['/nodejs.deb', `/${basename(deb)}`];
  await inRoot(root, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', ...packages);
  return root;
}
