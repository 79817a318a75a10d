import { ensureBuilt } from './build.mjs';
import { checkNode } from './node.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensurePackages } from './packages.mjs';

/**
 * What every command of the checkout needs before its own work: Node.js, Debian packages, npm packages, the build.
 * @param needs which Debian packages, see packages.mjs
 */
export async function prepare(needs, options) {
  checkNode();
  await ensurePackages(needs, options);
  await ensureNpmPackages();
  await ensureBuilt();
}
