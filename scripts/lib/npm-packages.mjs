import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeModules, root } from './paths.mjs';
import { quietly } from './run.mjs';
import { say } from './stop.mjs';

const readPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

const fits = (list = [], mine) =>
  !list.includes(`!${mine}`) && (list.every((entry) => entry.startsWith('!')) || list.includes(mine));
const libcHere = () => (process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl');
/** Whether npm installs an optional package on this platform. */
const forThisPlatform = ({ os, cpu, libc }) =>
  fits(os, process.platform) && fits(cpu, process.arch) && (!libc || fits(libc, libcHere()));

/** npm writes node_modules/.package-lock.json last, so what that names was installed in full. */
function followsLockFile() {
  const record = join(nodeModules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  return Object.entries(readPackages(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    if (wanted.optional && !forThisPlatform(wanted)) return true;
    const have = installed[path];
    return (
      have?.version === wanted.version && have?.integrity === wanted.integrity && existsSync(join(root, path))
    );
  });
}

/** Brings node_modules to what package-lock.json says, without running any package's install script. */
export async function ensureNpmPackages() {
  if (followsLockFile()) return;
  say('installing the npm packages that package-lock.json names');
  await quietly('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
}
