import type { Connection } from 'node-libvirt';
import type { DropCounter } from '../drops/counter.js';
import type { EventBus } from '../events/bus.js';
import type { ShippedFilters } from '../filtering/shipped.js';
import type { Policy } from '../schemas/config.js';
import type { ChangeJournal } from '../state/journal.js';
import type { FilePlaces } from './files.js';
import type { VmLocks } from './locks.js';

/** What the work on VMs needs of its surroundings. */
export interface VmContext extends FilePlaces {
  connection: Connection;
  filters: ShippedFilters;
  locks: VmLocks;
  /** The policy as it is now. */
  policy: () => Policy;
  /** Where changes are written before they begin. */
  journal: ChangeJournal;
  /** Whether the work is for somebody who may leave a NIC without the filters that it is to have. */
  mayTrust: boolean;
  /** What the NICs' rules have dropped. */
  drops: DropCounter;
  /** Where it is told what was done. */
  events: Pick<EventBus, 'publish'>;
  log: { error(details: object, message: string): void; warn(details: object, message: string): void };
}

/** What looking at disks needs of it. */
export type DiskContext = Pick<VmContext, 'connection' | keyof FilePlaces>;
