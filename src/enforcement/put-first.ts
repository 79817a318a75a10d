import { addFirst, moveFirst } from '../kernel/mend.js';
import { readKernel } from '../kernel/snapshot.js';
import { leadNative, nativeBases } from '../kernel/mend-native.js';
import { isSavedChain, ledFrom, type WantedChain, wrongBase, wrongEntry } from './chains.js';
import { wrongNativeEntry } from './native.js';

/**
 * Puts the rules that lead to a NIC's filter before those of others. The NIC is closed meanwhile; other NICs keep their way
 * to their filters.
 * @throws Problem kernel-unreadable
 */
export async function putFirst(port: string, wanted: readonly WantedChain[]): Promise<void> {
  const kernel = await readKernel();
  const { tables } = kernel;
  for (const chain of wanted) {
    if (chain.own) continue;
    if (!isSavedChain(chain)) {
      const { table, direction } = chain;
      if (wrongNativeEntry(kernel, port, chain).length > 0)
        await leadNative(kernel, table, nativeBases[direction]);
      continue;
    }
    const { table, name, direction, rules } = chain;
    const way = { chains: tables[table], table, port, direction };
    const base = ledFrom[name];
    if (base !== undefined && wrongBase(way, name).length > 0) await addFirst(table, base, `-j ${name}`);
    for (const { text } of rules)
      if (wrongEntry(way, name, text).some(({ code }) => code === 'rule-ahead'))
        await moveFirst(table, name, text);
  }
}
