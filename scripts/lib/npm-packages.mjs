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

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const askedBy = ({ dependencies, optionalDependencies, peerDependencies, devDependencies }) =>
  Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies, ...devDependencies });

/**
 * What npm leaves out: optional packages that are not for this platform, and those that only such packages ask for.
 * @param packages of package-lock.json @returns {Set<string>} their paths
 */
export function leftOut(packages) {
  const entries = Object.entries(packages);
  const out = new Set();
  for (let before = -1; before !== out.size;) {
    before = out.size;
    const asked = new Set(entries.flatMap(([path, wanted]) => (out.has(path) ? [] : askedBy(wanted))));
    for (const [path, wanted] of entries) {
      if (wanted.optional && (!forThisPlatform(wanted) || !asked.has(nameOf(path)))) out.add(path);
    }
  }
  return out;
}

/** npm writes node_modules/.package-lock.json last, so what that names was installed in full. */
function followsLockFile() {
  const record = join(nodeModules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  const locked = readPackages(join(root, 'package-lock.json'));
  const out = leftOut(locked);
  return Object.entries(locked).every(([path, wanted]) => {
    if (!path.includes('node_modules/') || out.has(path)) return true;
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
