import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../../scripts/lib/fingerprint.mjs';

export const root = new URL('../../', import.meta.url).pathname;

/** All pages of the repository, by their paths in it. */
export const pages = filesUnder([''], (path) =>
  /(^|\/)(\.git|\.tap|build|dist|node_modules)$/.test(path),
).filter((path) => path.endsWith('.md'));

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');
