import { type FSWatcher, watch } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** The kernel follows no more of them. */
const mostLinks = 40;

const namesIn = (path: string): string[] => path.split('/').filter((name) => name !== '' && name !== '.');

/** Adds the names that the kernel looks up to follow a path, links included, to those of each directory. */
async function addNames(path: string, names: Map<string, Set<string>>): Promise<void> {
  const left = namesIn(path);
  let directory = '/';
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '..') {
      directory = dirname(directory);
      continue;
    }
    const known = names.get(directory) ?? new Set();
    names.set(directory, known.add(name));
    const there = join(directory, name);
    const target = await readlink(there).catch(() => undefined); // it is no link
    if (target === undefined || ++links > mostLinks) {
      directory = there;
      continue;
    }
    if (isAbsolute(target)) directory = '/';
    left.unshift(...namesIn(target));
  }
}

/**
 * Sees whether anything on the way to some files was put elsewhere, taken away or put there, also when it was put back: a look
 * before and a look after do not see that. A directory that the service may not read is not watched.
 */
export class EntryWatch implements Disposable {
  readonly #watchers: FSWatcher[] = [];
  #changed = false;

  private constructor(names: Map<string, Set<string>>) {
    for (const [directory, known] of names) this.#add(directory, known);
  }

  /** Watches all that is looked up to follow these paths, from now on. */
  static async on(paths: readonly string[]): Promise<EntryWatch> {
    const names = new Map<string, Set<string>>();
    for (const path of paths) await addNames(path, names);
    return new EntryWatch(names);
  }

  #add(directory: string, names: Set<string>): void {
    try {
      const watcher = watch(directory, { persistent: false }, (event, name) => {
        // what is written to a file, and its owner, which libvirt changes, are not of its directory
        if (event === 'rename' && name !== null && names.has(name)) this.#changed = true;
      });
      watcher.on('error', () => (this.#changed = true));
      this.#watchers.push(watcher);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR'].includes(code)) this.#changed = true;
    }
  }

  /** Whether anything was, until now. */
  async hasChanged(): Promise<boolean> {
    // the kernel has its events ready when the change is done: one turn of the loop reads them all
    await setImmediate();
    await setImmediate();
    return this.#changed;
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close();
  }
}
