import type { Connection } from 'node-libvirt';
import type { ShippedFilters } from '../filtering/shipped.js';
import type { Policy } from '../schemas/config.js';
import type { VmLocks } from './locks.js';

/** What the work on VMs needs of its surroundings. */
export interface VmContext {
  connection: Connection;
  filters: ShippedFilters;
  locks: VmLocks;
  /** The policy as it is now. */
  policy: () => Policy;
  imageDirs: readonly string[];
  log: { error(details: object, message: string): void };
}
