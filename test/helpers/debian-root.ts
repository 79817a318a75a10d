import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../hosts/index.js';

/** What a machine may have to reach the registries that it installs from. */
const settings = [
  '/etc/npmrc',
  '/usr/etc/npmrc',
  join(homedir(), '.npmrc'),
  '/etc/ssl/certs/ca-certificates.crt',
  '/usr/local/share/ca-certificates',
  '/etc/apt/apt.conf.d',
];
/** Where this machine's Debian comes from. */
async function mirror(): Promise<string[]> {
  const said = await run('apt-get', [
    'indextargets',
    '--format',
    '$(SITE)',
    'Created-By: Packages',
    'Suite: bookworm',
  ]);
  const [site] = said.split('\n').filter(Boolean);
  return site === undefined ? [] : [site];
}

/** Makes a root directory of Debian's packages, which reaches the registries that this machine reaches. */
export async function makeDebianRoot(root: string, packages: readonly string[]): Promise<void> {
  const how = ['--variant=minbase', `--include=${packages.join()}`, 'bookworm', root];
  await run('debootstrap', [...how, ...(await mirror())], { timeoutMs: 600_000 });
  for (const path of settings) {
    if (!existsSync(path)) continue;
    await mkdir(dirname(join(root, path)), { recursive: true });
    await cp(path, join(root, path), { recursive: true });
  }
}
