import { statSync } from 'node:fs';
import { output } from './run.mjs';

/** Whether this process's root is another directory than its mount namespace's. */
export function inChroot() {
  const { dev, ino } = statSync('/');
  const outer = output('nsenter', ['--mount=/proc/self/ns/mnt', 'stat', '-c', '%d:%i', '/']);
  return outer !== undefined && outer !== `${dev}:${ino}`;
}
