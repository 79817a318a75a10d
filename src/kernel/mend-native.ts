import { type NativeTable, nativeTables } from '../nwfilter/rules/model.js';
import type { OwnedChain } from './owned-chains.js';
import type { KernelSnapshot } from './snapshot.js';
import { runTool } from './tool.js';

/** The base chain of each way, with the rule by which frames come to the chains of their ports. */
export const nativeBases = {
  out: { chain: 'prerouting', map: 'vmap-iif', rule: 'iif vmap @vmap-iif' },
  in: { chain: 'postrouting', map: 'vmap-oif', rule: 'oif vmap @vmap-oif' },
} as const;
export type NativeBase = (typeof nativeBases)[keyof typeof nativeBases];

/** What a base chain hangs on. */
export const hookOf = (table: NativeTable, { chain }: NativeBase): string =>
  `type filter hook ${chain} priority ${nativeTables.indexOf(table)}; policy accept;`;

/** One transaction. @throws Problem kernel-unreadable */
const change = (lines: readonly string[]): Promise<string> =>
  runTool('nft', ['-f', '-'], `${lines.join('\n')}\n`);

/** Removes chains of a port, and all that leads there. @throws Problem kernel-unreadable */
export async function removeNative(kernel: KernelSnapshot, owned: readonly OwnedChain[]): Promise<void> {
  const lines = nativeTables.flatMap((table) => {
    const gone = new Set(owned.filter((one) => one.table === table).map(({ chain }) => chain));
    const leadsThere = (text: string): boolean =>
      gone.has(/(?:^| )(?:jump|goto) (\S+)$/.exec(text)?.[1] ?? '');
    const elements = [...(kernel.native[table]?.maps ?? [])].flatMap(([map, verdicts]) =>
      [...verdicts]
        .filter(([, verdict]) => leadsThere(verdict))
        .map(([key]) => `delete element bridge ${table} ${map} { ${/^\d+$/.test(key) ? key : `"${key}"`} }`),
    );
    const rules = [...kernel.tables[table]]
      .filter(([chain]) => !gone.has(chain))
      .flatMap(([chain, all]) =>
        all
          .filter(({ text }) => leadsThere(text))
          .map(({ handle }) => `delete rule bridge ${table} ${chain} handle ${handle}`),
      );
    const chains = [...gone];
    return [
      ...elements,
      ...rules,
      ...chains.map((chain) => `flush chain bridge ${table} ${chain}`),
      ...chains.map((chain) => `delete chain bridge ${table} ${chain}`),
    ];
  });
  if (lines.length > 0) await change(lines);
}

/**
 * Puts the rule that leads to all ports' chains before all others of a base chain, where it hangs on what it must; from one
 * frame to the next.
 * @throws Problem kernel-unreadable
 */
export async function leadNative(
  kernel: KernelSnapshot,
  table: NativeTable,
  base: NativeBase,
): Promise<void> {
  const chain = `bridge ${table} ${base.chain}`;
  const hook = hookOf(table, base);
  const hangs = kernel.native[table]?.hooks.get(base.chain) === hook;
  const there = (kernel.tables[table].get(base.chain) ?? []).filter(({ text }) => text === base.rule);
  // a table that was switched off takes no chain in the transaction that switches it on
  await runTool('nft', ['add', 'table', 'bridge', table]);
  await change([
    ...(hangs ? [] : [`add chain ${chain}`, `flush chain ${chain}`, `delete chain ${chain}`]),
    `add map bridge ${table} ${base.map} { type iface_index : verdict; }`,
    `add chain ${chain} { ${hook} }`,
    `insert rule ${chain} ${base.rule}`,
    ...(hangs ? there.map(({ handle }) => `delete rule ${chain} handle ${handle}`) : []),
  ]);
}
