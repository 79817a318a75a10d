import {
  type Domain,
  VIR_MIGRATE_ABORT_ON_ERROR,
  VIR_MIGRATE_CHANGE_PROTECTION,
  VIR_MIGRATE_LIVE,
  VIR_MIGRATE_NON_SHARED_DISK,
  VIR_MIGRATE_NON_SHARED_INC,
  VIR_MIGRATE_OFFLINE,
  VIR_MIGRATE_PAUSED,
  VIR_MIGRATE_PEER2PEER,
  VIR_MIGRATE_PERSIST_DEST,
  VIR_MIGRATE_POSTCOPY,
  VIR_MIGRATE_TLS,
  VIR_MIGRATE_UNDEFINE_SOURCE,
} from 'node-libvirt';
import type { MigrateInput } from '../schemas/migration.js';
import type { Machine } from './machine.js';

const storage = {
  none: 0,
  all: VIR_MIGRATE_NON_SHARED_DISK,
  incremental: VIR_MIGRATE_NON_SHARED_INC,
} as const;

function flagsFor({ active, persistent }: Machine, input: MigrateInput): number {
  const { live = true, postCopy = false, peerToPeer = false, tls = false, copyStorage = 'none' } = input;
  const always =
    (persistent ? VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE : 0) |
    (peerToPeer ? VIR_MIGRATE_PEER2PEER : 0);
  if (!active) return always | VIR_MIGRATE_OFFLINE;
  return (
    always |
    VIR_MIGRATE_CHANGE_PROTECTION |
    VIR_MIGRATE_ABORT_ON_ERROR |
    (live ? VIR_MIGRATE_LIVE : 0) |
    // with post-copy it runs there before it is all there: that is not begun before its filters were seen
    (postCopy ? VIR_MIGRATE_POSTCOPY : VIR_MIGRATE_PAUSED) |
    (tls ? VIR_MIGRATE_TLS : 0) |
    storage[copyStorage]
  );
}

/**
 * Moves a VM; resolves when it is on the destination, where it is paused unless it was moved by post-copy. Managed from here, unless
 * peerToPeer: then it goes on without the service, too.
 * @throws LibvirtError: where it is then is to be found out
 */
export function send(domain: Domain, machine: Machine, input: MigrateInput): Promise<void> {
  const { destinationUri, peerToPeer = false } = input;
  const flags = flagsFor(machine, input);
  return peerToPeer
    ? domain.migrateToURI3(destinationUri, {}, flags)
    : domain.migrate3(destinationUri, {}, flags);
}
