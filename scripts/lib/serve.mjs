import { spawn } from 'node:child_process';
import { exitCode } from './run.mjs';
import { service } from './service.mjs';

const terminating = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the service until it ends, and gives its exit code. Ctrl-C reaches this process twice, from the terminal and from
 * npm, and a service takes a second signal as impatience: so it has a process group of its own and is told of each
 * signal once, again only after a second.
 */
export function serve(args) {
  const child = spawn(service.program, [...service.args, ...args], {
    env: { ...service.env, ...process.env },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  let told = 0;
  for (const signal of terminating) {
    process.on(signal, () => {
      if (Date.now() - told < 1000) return;
      told = Date.now();
      child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}
