import type { KernelChain } from '../nwfilter/rules/model.js';
import { addFirst, moveFirst } from '../kernel/mend.js';
import { readKernel } from '../kernel/snapshot.js';
import { ledFrom, wrongBase, wrongEntry } from './chains.js';

/**
 * Puts the rules that lead to a NIC's filter before those of others. The NIC is closed meanwhile; other NICs keep their way
 * to their filters.
 * @throws Problem kernel-unreadable
 */
export async function putFirst(port: string, wanted: readonly KernelChain[]): Promise<void> {
  const { tables } = await readKernel();
  for (const { own, table, name, direction, rules } of wanted) {
    if (own) continue;
    const way = { chains: tables[table], table, port, direction };
    const base = ledFrom[name];
    if (base !== undefined && wrongBase(way, name).length > 0) await addFirst(table, base, `-j ${name}`);
    for (const { text } of rules)
      if (wrongEntry(way, name, text).some(({ code }) => code === 'rule-ahead'))
        await moveFirst(table, name, text);
  }
}
