import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './paths.mjs';

/** All files below the given paths of the checkout, sorted; what `skip` says yes to is left out. */
export function filesUnder(paths, skip = () => false) {
  const found = [];
  const visit = (path) => {
    const name = relative(root, path);
    if (skip(name)) return;
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const entry of readdirSync(path)) visit(join(path, entry));
    else if (stat?.isFile()) found.push(name);
  };
  for (const path of paths) visit(join(root, path));
  return found.sort();
}

/** A hash over names and contents; a path that does not exist changes it as well. */
export function fingerprint(paths, skip, ...more) {
  const hash = createHash('sha256').update(JSON.stringify([paths, ...more]));
  for (const name of filesUnder(paths, skip)) {
    const content = readFileSync(join(root, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
