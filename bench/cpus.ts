import { readFileSync } from 'node:fs';
import { run } from '../test/hosts/index.js';

/** Where things run: as the scheduler likes, or libvirtd and the servers on one core and the client on another. */
export type Place = 'free' | 'pinned';
export const places: readonly Place[] = ['free', 'pinned'];

/** The cores that this process may use, as the kernel writes them: 0-3,6. */
function allowed(): { text: string; first: string; second: string } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const text = /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '0';
  const numbers = text.split(',').flatMap((range) => {
    const [from = 0, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
  });
  const [first = '0', second] = numbers;
  if (second === undefined) throw new Error('the bench takes two cores, and this process may use one');
  return { text, first, second };
}

const cores = allowed();

/** The cores of libvirtd and the servers, and of what asks them. */
export const serverCores = (place: Place): string => (place === 'free' ? cores.text : cores.first);
export const clientCores = (place: Place): string => (place === 'free' ? cores.text : cores.second);

/** Puts all threads of these processes where servers belong; those that they start go with them. */
export async function putServers(place: Place, pids: readonly number[]): Promise<void> {
  for (const pid of pids) await run('taskset', ['-a', '-c', '-p', serverCores(place), String(pid)]);
}
