import { existsSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { cacheRoot } from '../../test/hosts/cache.js';
import type { TestHost } from '../../test/hosts/index.js';
import { expect } from './expected.js';
import { say } from './screen.js';

/** Ends the host with all that runs in it, and demands that nothing of it is left. */
export async function remove(host: TestHost): Promise<void> {
  const namespace = await readlink(`/proc/${host.pid}/ns/pid`).catch(() => undefined);
  await host.stop();
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const left = [
    ...(await processesIn(namespace)).map((pid) => `process ${pid}`),
    ...(existsSync(host.dir) ? [host.dir] : []),
    ...(mounts.includes(host.dir) ? [`a mount of ${host.dir}`] : []),
  ];
  expect(left.length === 0, `of the host there is left: ${left.join(', ')}`);
  say('removed', 'the host: no process, no mount, no directory of it is left');
  say('removed', `only the guests' image is kept for the next time, in ${cacheRoot}`);
}

async function processesIn(namespace: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    const its = await readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);
    if (its !== undefined && its === namespace) found.push(pid);
  }
  return found;
}
