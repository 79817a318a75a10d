import type { Connection } from 'node-libvirt';
import type { ShippedFilters } from '../filtering/shipped.js';
import type { VmLocks } from './locks.js';

/** What the work on VMs needs of its surroundings. */
export interface VmContext {
  connection: Connection;
  filters: ShippedFilters;
  locks: VmLocks;
  imageDirs: readonly string[];
  log: { error(details: object, message: string): void };
}
