import { ensureBuilt } from './build.mjs';
import { checkNode } from './node.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { ensurePackages } from './packages.mjs';
import { root } from './paths.mjs';

/**
 * What every command of the checkout needs before its own work: Node.js, Debian packages, npm packages, the binding.
 * The command goes on in the checkout's directory.
 * @param needs which Debian packages, see packages.mjs
 */
export async function prepare(needs, options) {
  checkNode();
  process.chdir(root);
  // Where libvirtd and ebtables are: not everyone's PATH has it, root's after a plain `su` neither.
  process.env.PATH += ':/usr/local/sbin:/usr/sbin:/sbin';
  await ensurePackages(needs, options);
  await ensureNpmPackages();
  await ensureBuilt('binding');
}
