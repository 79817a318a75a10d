import { join } from 'node:path';
import { cached, contentKey } from '../test/hosts/cache.js';
import { run } from '../test/hosts/command.js';

const here = (name: string): string => join(import.meta.dirname, name);
const headers = ['native/libvirt.h', 'native/json.h'];
const flags = ['-std=c++17', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread'];

/** The bench's C++ programs: of what, and with which libraries. */
const programs = {
  raw: { sources: ['peers/raw.cc', 'native/json.cc'], libraries: ['-lvirt', '-lpugixml'] },
  'raw-change': { sources: ['peers/raw-change.cc'], libraries: ['-lvirt'] },
  send: { sources: ['native/send.cc'], libraries: [] },
} satisfies Record<string, { sources: string[]; libraries: string[] }>;
export type Program = keyof typeof programs;

/** Their paths; compiled when their sources are new. */
export async function nativePrograms(): Promise<Record<Program, string>> {
  const files = [...headers, ...Object.values(programs).flatMap(({ sources }) => sources)].map(here);
  const dir = await cached(`bench-${await contentKey(flags, files)}`, async (draft) => {
    for (const [name, { sources, libraries }] of Object.entries(programs)) {
      await run('g++', [...flags, '-o', join(draft, name), ...sources.map(here), ...libraries]);
    }
  });
  return { raw: join(dir, 'raw'), 'raw-change': join(dir, 'raw-change'), send: join(dir, 'send') };
}
