import { removeNative } from './mend-native.js';
import { type OwnedChain, ownedChains } from './owned-chains.js';
import { isNative, type Table } from '../nwfilter/rules/model.js';
import { nftNameOf, readKernel } from './snapshot.js';
import { runTool } from './tool.js';

/** As libvirt calls them itself: one at a time, and with the table where its rules are. */
const options: Readonly<Record<Table, readonly string[]>> = {
  ebtables: ['--concurrent', '-t', 'nat'],
  iptables: ['-w'],
  ip6tables: ['-w'],
};

const change = (table: Table, ...args: string[]): Promise<string> =>
  runTool(table, [...options[table], ...args]);

/** A rule's text as the arguments of a command: in quotes, a comment may have spaces. */
const argumentsOf = (text: string): string[] =>
  (text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word,
  );

/** Switches on those of libvirt's tables that somebody has switched off. @throws Problem kernel-unreadable */
export async function switchOn(): Promise<void> {
  const { dormant } = await readKernel();
  for (const table of dormant) await runTool('nft', ['add', 'table', ...nftNameOf(table).split(' ')]);
}

const isSaved = (one: OwnedChain): one is OwnedChain & { table: Table } => !isNative(one.table);

/**
 * Removes the chains that the kernel has of a port, of whichever backend, and the rules that lead there. libvirt's own
 * building them meanwhile is the caller's to rule out.
 * @param which those of them that are to go: all, when nothing is said
 * @throws Problem kernel-unreadable
 */
export async function removeChains(
  port: string,
  which = (_port: string, owned: OwnedChain[]) => owned,
): Promise<void> {
  const kernel = await readKernel();
  const owned = which(port, ownedChains(kernel, [port]).get(port) ?? []);
  await removeNative(kernel, owned);
  const saved = owned.filter(isSaved);
  for (const { table, chain } of saved) {
    for (const [from, rules] of kernel.tables[table]) {
      const leading = rules.filter(({ text }) => argumentsOf(text).at(-1) === chain);
      for (const { text } of leading) await change(table, '-D', from, ...argumentsOf(text));
    }
    await change(table, '-F', chain);
  }
  for (const { table, chain } of saved) await change(table, '-X', chain);
}

/** Puts a rule that is in a chain before all others there; for a moment it is not there. @throws Problem kernel-unreadable */
export async function moveFirst(table: Table, chain: string, text: string): Promise<void> {
  await change(table, '-D', chain, ...argumentsOf(text));
  await addFirst(table, chain, text);
}

/** Puts a rule before all others in a chain. @throws Problem kernel-unreadable */
export async function addFirst(table: Table, chain: string, text: string): Promise<void> {
  await change(table, '-I', chain, ...argumentsOf(text));
}
