import { readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';
import { Stop, WRONG_USE } from './stop.mjs';

/** Stops where Node.js is older than package.json's engines allow. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const least = engines.node.replace('>=', '').split('.').map(Number);
  const have = process.versions.node.split('.').map(Number);
  const difference = have.map((part, at) => part - (least[at] ?? 0)).find((part) => part !== 0) ?? 0;
  if (difference < 0) {
    throw new Stop(
      `This is Node.js ${process.versions.node}; virtwarden needs ${least.join('.')} or newer.`,
      WRONG_USE,
    );
  }
}

/** Node.js's own headers where they were installed beside it: node-gyp then need not download them. */
export function headersEnv() {
  const prefix = join(dirname(process.execPath), '..');
  const versionFile = join(prefix, 'include/node/node_version.h');
  if (process.env.npm_config_nodedir || !existsSync(versionFile)) return {};
  const text = readFileSync(versionFile, 'utf8');
  const version = ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => new RegExp(`NODE_${part}_VERSION (\\d+)`).exec(text)?.[1])
    .join('.');
  return version === process.versions.node ? { npm_config_nodedir: prefix } : {};
}
