import { randomUUID } from 'node:crypto';
import { guardTable } from '../kernel/guard-table.js';
import type { Guard } from './rules.js';
import { setScript } from './sets.js';

/** After the closing of ports, before everything else. */
export const guardPriority = -400;

const chainPrefix = 'tap_';
export const chainOf = (tap: string): string => `${chainPrefix}${tap}`;
export const tapOf = (chain: string): string | undefined =>
  chain.startsWith(chainPrefix) ? chain.slice(chainPrefix.length) : undefined;

const table = `netdev ${guardTable}`;

/** One transaction of nft: from one frame to the next the tap has these rules in the place of those it had. */
export function putScript({ tap, rules }: Guard): string {
  const chain = `${table} ${chainOf(tap)}`;
  const hook = `{ type filter hook ingress device "${tap}" priority ${guardPriority}; policy accept; }`;
  return [
    `add table ${table}`,
    ...setScript(table),
    // the first without a hook, for one that has another cannot be added again; so there is one to delete
    `add chain ${chain}`,
    `delete chain ${chain}`,
    `add chain ${chain} ${hook}`,
    ...rules.map(({ text }) => `add rule ${chain} ${text}`),
    '',
  ].join('\n');
}

/** One transaction that leaves no guard of a tap. */
export const removeScript = (tap: string): string =>
  [
    `add table ${table}`,
    `add chain ${table} ${chainOf(tap)}`,
    `delete chain ${table} ${chainOf(tap)}`,
    '',
  ].join('\n');

/** What the names of the tables that `proofScript` makes begin with. */
export const proofPrefix = 'virtwarden_guard_proof_';

/**
 * The guards' rules in chains that no frame comes to, in a table that is gone as soon as nft ends: nft, asked to, says what the
 * kernel makes of each. Its name is its own: the kernel lets nobody else into it, not even another of these.
 */
export function proofScript(guards: readonly Guard[]): string {
  const proof = `netdev ${proofPrefix}${randomUUID()}`.replaceAll('-', '_');
  return [
    `add table ${proof} { flags owner; }`,
    ...setScript(proof),
    ...guards.flatMap(({ tap, rules }) => {
      const chain = `${proof} ${chainOf(tap)}`;
      return [`add chain ${chain}`, ...rules.map(({ text }) => `add rule ${chain} ${text}`)];
    }),
    '',
  ].join('\n');
}
