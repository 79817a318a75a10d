import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { headersEnv } from './node.mjs';
import { nodeModules, root } from './paths.mjs';
import { output, quietly } from './run.mjs';
import { say } from './stop.mjs';

/** What is built: from which files, apart from the lock file's, and to which. */
const parts = {
  binding: {
    inputs: ['node-libvirt', 'node-linux', 'tsconfig.json'],
    skip: (path) => /^node-(libvirt|linux)\/(build|dist|node_modules|test)$/.test(path),
    outputs: [
      'node-libvirt/build/Release/node_libvirt.node',
      'node-libvirt/dist',
      'node-linux/build/Release/node_linux.node',
      'node-linux/dist',
    ],
  },
  service: {
    inputs: ['src', 'package.json', 'tsconfig.json', 'scripts/bundle.mjs', 'scripts/bundle-web.mjs'],
    outputs: ['dist'],
  },
};

const stampFile = (name) => join(nodeModules, '.cache/virtwarden', `${name}.json`);

function readStamp(name) {
  try {
    return JSON.parse(readFileSync(stampFile(name), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Builds a part that is not up to date. It is, when its sources, its tools and what was built are all what they were
 * when it was last built here: contents are compared, not times.
 * @param name of `parts`; the service reads what the binding left
 */
export async function ensureBuilt(name) {
  const { inputs, skip, outputs } = parts[name];
  const tools = [
    process.versions.modules,
    process.arch,
    output('pkg-config', ['--modversion', 'libvirt', 'libmnl']),
  ];
  const wanted = fingerprint([...inputs, 'package-lock.json'], skip, tools);
  const stamp = readStamp(name);
  if (stamp.inputs === wanted && stamp.outputs === fingerprint(outputs)) return;
  say(`building the ${name}`);
  for (const path of outputs) rmSync(join(root, path), { recursive: true, force: true });
  await quietly('npm', ['run', `build:${name}`], { JOBS: 'max', ...headersEnv() });
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), JSON.stringify({ inputs: wanted, outputs: fingerprint(outputs) }));
}
