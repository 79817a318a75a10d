import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where what takes long to make is kept; removing it costs nothing but time. */
export const cacheRoot = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'virtwarden');

/** A short key over texts and the contents of files. */
export async function contentKey(texts: string[], files: string[] = []): Promise<string> {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  for (const file of files) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/**
 * The cached directory `name`, which `build` fills at its first use. It appears whole or not at all: two processes may
 * build it at once, and the second to end uses what the first made.
 */
export async function cached(name: string, build: (dir: string) => Promise<void>): Promise<string> {
  const dir = join(cacheRoot, name);
  if (existsSync(dir)) return dir;
  await mkdir(cacheRoot, { recursive: true });
  const draft = await mkdtemp(join(cacheRoot, '.draft-'));
  try {
    await build(draft);
    await rename(draft, dir).catch((error: unknown) => {
      if (!existsSync(dir)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return dir;
}
