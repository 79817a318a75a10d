import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, contentKey } from './cache.js';
import { run } from './command.js';

const sources = join(import.meta.dirname, 'native');
const programs = ['supervise', 'enter', 'await-exit', 'pty', 'observer', 'agent'] as const;

/** Paths of the fixture's C programs. */
export type Programs = Record<(typeof programs)[number], string>;

let built: Promise<Programs> | undefined;

/** The fixture's C programs, compiled (statically, for the guest) when their sources are new. */
export function nativePrograms(): Promise<Programs> {
  return (built ??= build());
}

async function build(): Promise<Programs> {
  const files = (await readdir(sources)).sort().map((name) => join(sources, name));
  const dir = await cached(`native-${await contentKey(programs.slice(), files)}`, async (draft) => {
    for (const name of programs) {
      const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-static', '-s', '-pthread'];
      await run('gcc', [...flags, '-o', join(draft, name), join(sources, `${name}.c`)]);
    }
  });
  return Object.fromEntries(programs.map((name) => [name, join(dir, name)])) as Programs;
}
