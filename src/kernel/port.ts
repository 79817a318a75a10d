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

/** The taps that are closed, those that are gone included, by what nft lists: its tables or all that is in them. */
export const parseClosedPorts = (listed: string): string[] =>
  [...listed.matchAll(/^table netdev (\S+)/gm)].flatMap(([, name]) =>
    name?.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );

/** The taps that are closed now. @throws Problem kernel-unreadable */
export const closedPorts = async (): Promise<string[]> =>
  parseClosedPorts(await runTool('nft', ['list', 'tables', 'netdev']));
