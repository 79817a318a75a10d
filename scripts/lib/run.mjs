import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { Stop } from './stop.mjs';

/** What a command printed to stdout, or undefined when it failed or does not exist. */
export function output(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

export const exists = (command) => output('sh', ['-c', 'command -v "$0"', command]) !== undefined;

/** The code a shell would give for a child that ended so. */
export const exitCode = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0);

const terminating = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Waits for a child; a signal that ends this process meanwhile is handed to the child, and its end awaited. */
export function ended(child) {
  const forward = (signal) => child.kill(signal);
  for (const signal of terminating) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  }).finally(() => {
    for (const signal of terminating) process.off(signal, forward);
  });
}

/** Runs a command out of sight. Its code and all it printed, stdout and stderr as they came. */
export async function captured(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => (text += chunk));
  }
  return { code: await ended(child), text };
}

/** Runs a command out of sight; when it fails, the end of what it printed is shown and the command stops. */
export async function quietly(command, args, env) {
  const { code, text } = await captured(command, args, env);
  if (code === 0) return;
  console.error(text.trimEnd().split('\n').slice(-30).join('\n'));
  throw new Stop(
    `\`${[command, ...args].join(' ')}\` failed with code ${code}; the end of what it said stands above.`,
  );
}
