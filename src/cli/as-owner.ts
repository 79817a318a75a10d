import { statSync } from 'node:fs';

/**
 * Root goes on as the one whose directory it is, for good: what it writes there the service must be able to read, and no link that the
 * service's user has put there may lead root elsewhere. A directory that is not there yet will be root's.
 */
export function goOnAsOwner(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(directory, { throwIfNoEntry: false });
  if (owner === undefined || owner.uid === 0) return;
  process.setgroups?.([]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}
