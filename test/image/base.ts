import { cp, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDebianRoot } from '../helpers/debian-root.js';
import { run } from '../hosts/index.js';
import type { Buildah } from './buildah.js';

/** What says how they are reached. */
const variables = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
];

/** Puts this machine's Node.js where the official image has its own. */
async function addNode(root: string): Promise<void> {
  const prefix = dirname(dirname(process.execPath));
  const npm = dirname(dirname(await realpath((await run('sh', ['-c', 'command -v npm'])).trim())));
  const to = join(root, 'usr/local');
  await cp(process.execPath, join(to, 'bin/node'));
  await cp(npm, join(to, 'lib/node_modules/npm'), { recursive: true, verbatimSymlinks: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(to, 'bin/npm'));
  await cp(join(prefix, 'include/node'), join(to, 'include/node'), { recursive: true });
}

/** Makes the image that the Dockerfile begins with, of Debian's packages and this machine's Node.js: no registry of images is asked. */
export async function makeBase(buildah: Buildah, image: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'virtwarden-base-'));
  try {
    const root = join(directory, 'root');
    await makeDebianRoot(root, ['ca-certificates']);
    await addNode(root);
    const env = variables.flatMap((name) => (process.env[name] ? [`${name}=${process.env[name]}`] : []));
    await buildah.commit(root, image, env);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
