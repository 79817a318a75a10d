import { namesIn, readTables } from './nf-tables.js';
import { runTool } from './tool.js';

const prefix = 'virtwarden_closed_';

/**
 * Closes a tap: from now on nothing that the guest sends gets anywhere, whatever the filters do meanwhile. It stays so
 * until openPort, also when this process dies. Closing a closed one does nothing.
 * @throws Problem kernel-unreadable
 */
export async function closePort(tap: string): Promise<void> {
  const table = `netdev ${prefix}${tap}`;
  const chain = `{ type filter hook ingress device "${tap}" priority -500; policy drop; }`;
  // one transaction
  await runTool('nft', [`add table ${table}; add chain ${table} ingress ${chain}`]);
}

/** Opens a tap again. @throws Problem kernel-unreadable */
export async function openPort(tap: string): Promise<void> {
  await runTool('nft', [`add table netdev ${prefix}${tap}; delete table netdev ${prefix}${tap}`]);
}

/** The tap that a table closes; undefined for any other table. */
export const tapClosedBy = (table: string): string | undefined =>
  table.startsWith(prefix) ? table.slice(prefix.length) : undefined;

/** The taps that are closed now, those that are gone included. @throws Problem kernel-unreadable */
export async function closedPorts(): Promise<string[]> {
  return namesIn(await readTables(), 'netdev').flatMap((table) => tapClosedBy(table) ?? []);
}
