import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The files of these kernel modules and of all they need, in an order in which they can be loaded. */
export async function modulesInOrder(moduleDir: string, wanted: string[]): Promise<string[]> {
  const files = new Map<string, string>();
  for (const path of await readdir(join(moduleDir, 'kernel'), { recursive: true })) {
    if (path.endsWith('.ko')) files.set(nameOf(path), join(moduleDir, 'kernel', path));
  }
  const builtin = new Set(
    (await readFile(join(moduleDir, 'modules.builtin'), 'utf8')).split('\n').map(nameOf),
  );
  const ordered = new Map<string, string>();
  const add = async (name: string): Promise<void> => {
    if (ordered.has(name) || builtin.has(name)) return;
    const file = files.get(name);
    if (!file) throw new Error(`the guest's kernel has no module ${name}`);
    for (const needed of await dependencies(file)) await add(needed);
    ordered.set(name, file);
  };
  for (const name of wanted) await add(name);
  return [...ordered.values()];
}

const nameOf = (path: string): string => basename(path, '.ko').replaceAll('-', '_');

/** A module says what it needs in its .modinfo section, as NUL-terminated "key=value" strings. */
async function dependencies(file: string): Promise<string[]> {
  const data = await readFile(file);
  const start = data.indexOf('\0depends=') + '\0depends='.length;
  if (start < '\0depends='.length) return [];
  const list = data.toString('latin1', start, data.indexOf(0, start));
  return list
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}
