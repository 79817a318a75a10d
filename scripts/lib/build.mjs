import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { headersEnv } from './node.mjs';
import { nodeModules, root } from './paths.mjs';
import { output, quietly } from './run.mjs';
import { say } from './stop.mjs';

/** What is built, in order: a later part reads what an earlier one left. */
const parts = [
  {
    name: 'binding',
    inputs: ['node-libvirt', 'tsconfig.json'],
    skip: (path) => /^node-libvirt\/(build|dist|node_modules|test)$/.test(path),
    outputs: ['node-libvirt/build/Release/node_libvirt.node', 'node-libvirt/dist'],
  },
  {
    name: 'service',
    inputs: ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'node-libvirt/dist'],
    outputs: ['dist'],
  },
];

const stampFile = (part) => join(nodeModules, '.cache/virtwarden', `${part.name}.json`);

function readStamp(part) {
  try {
    return JSON.parse(readFileSync(stampFile(part), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Builds what is not up to date. A part is, when its sources, its tools and what it built are all what they were when
 * it was last built here: contents are compared, not times.
 */
export async function ensureBuilt() {
  const tools = [process.versions.modules, process.arch, output('pkg-config', ['--modversion', 'libvirt'])];
  for (const part of parts) {
    const inputs = fingerprint([...part.inputs, 'package-lock.json'], part.skip, tools);
    const stamp = readStamp(part);
    if (stamp.inputs === inputs && stamp.outputs === fingerprint(part.outputs)) continue;
    say(`building the ${part.name}`);
    await quietly('npm', ['run', `build:${part.name}`, '--prefix', root], headersEnv());
    mkdirSync(join(stampFile(part), '..'), { recursive: true });
    writeFileSync(stampFile(part), JSON.stringify({ inputs, outputs: fingerprint(part.outputs) }));
  }
}
