import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '../errors.js';

const run = promisify(execFile);
const nftTimeoutMs = 5000;
const prefix = 'virtwarden_closed_';

async function nft(args: string[]): Promise<string> {
  try {
    return (await run('nft', args, { timeout: nftTimeoutMs })).stdout;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem(
      'kernel-unreadable',
      missing
        ? 'nft is not installed (Debian: nftables): without it a running NIC cannot be closed while its filter changes.'
        : `nft failed (it needs CAP_NET_ADMIN and the host's network namespace): ${(error as Error).message.trim()}`,
      { cause: error },
    );
  }
}

/**
 * Closes a tap: from now on nothing that the guest sends gets anywhere, whatever the filters do meanwhile. It stays so
 * until openPort, also when this process dies. Closing a closed one does nothing.
 * @throws Problem kernel-unreadable
 */
export async function closePort(tap: string): Promise<void> {
  const table = `netdev ${prefix}${tap}`;
  const chain = `{ type filter hook ingress device "${tap}" priority -500; policy drop; }`;
  // one transaction
  await nft([`add table ${table}; add chain ${table} ingress ${chain}`]);
}

/** Opens a tap again. @throws Problem kernel-unreadable */
export async function openPort(tap: string): Promise<void> {
  await nft([`add table netdev ${prefix}${tap}; delete table netdev ${prefix}${tap}`]);
}

/** The taps that are closed now, those that are gone included. @throws Problem kernel-unreadable */
export async function closedPorts(): Promise<string[]> {
  const tables = await nft(['list', 'tables', 'netdev']);
  return [...tables.matchAll(/^table netdev (\S+)$/gm)].flatMap(([, name]) =>
    name?.startsWith(prefix) ? [name.slice(prefix.length)] : [],
  );
}
