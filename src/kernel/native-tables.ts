import { type NativeTable, nativeTables } from '../nwfilter/rules/model.js';
import { countersOf, saysDormant, splitHandle, withoutCounter, withSortedSets } from './nft-listing.js';
import type { NfTables } from './nf-tables.js';
import type { Chains, SavedRule } from './saved-rules.js';
import { type Command, listWith } from './tool.js';

/** How frames come to the chains of a table of libvirt's own backend for nftables. */
export interface NativeEntries {
  /** The whole table is switched off. */
  dormant: boolean;
  /** What its base chains hang on, as nft lists it. */
  hooks: ReadonlyMap<string, string>;
  /** Its maps: by interface, what becomes of frames. */
  maps: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One of the tables. */
export interface NativeListing {
  chains: Chains;
  entries: NativeEntries;
}

/** A rule in one spelling, whether it counts or not; the elements of a set are sorted. */
export const plainRule = (listed: string): string => withSortedSets(withoutCounter(listed));

function toRule(line: string): SavedRule {
  const { said, ...numbered } = splitHandle(line);
  return { text: plainRule(said), ...countersOf(said), ...numbered };
}

const elementsOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/"?([^\s",{}]+)"?(?: [^:,{}]*)? : ([^,{}]*[^,{}\s])/g)].map(
      ([, key = '', verdict = '']): [string, string] => [key, verdict],
    ),
  );

/** Reads what `nft -a list table` says of one of the tables. */
export function parseNative(text: string): NativeListing {
  const chains = new Map<string, SavedRule[]>();
  const hooks = new Map<string, string>();
  const maps = new Map<string, Map<string, string>>();
  let dormant = false;
  let block: { kind: string; name: string; lines: string[] } | undefined;
  for (const line of text.split('\n').map((one) => one.trim())) {
    const [, kind, name] = /^(chain|map|set) (\S+) \{/.exec(line) ?? [];
    if (kind !== undefined && name !== undefined) {
      block = { kind, name, lines: [] };
      if (kind === 'chain') chains.set(name, []);
    } else if (line === '}') {
      if (block?.kind === 'map') maps.set(block.name, elementsOf(block.lines.join(' ')));
      block = undefined;
    } else if (!block) dormant ||= saysDormant(line);
    else if (block.kind !== 'chain') block.lines.push(line.replace(/^(type|flags|size|typeof) .*/, ''));
    else if (line.startsWith('type ')) hooks.set(block.name, line);
    else if (line !== '' && !line.startsWith('comment "')) chains.get(block.name)?.push(toRule(line));
  }
  return { chains, entries: { dormant, hooks, maps } };
}

/** Reads those of the tables that are among these. @throws Problem kernel-unreadable */
export async function readNative(nft: NfTables): Promise<Map<NativeTable, NativeListing>> {
  const found = nativeTables.filter((table) => nft.has(`bridge ${table}`));
  const texts = await listWith(
    ...found.map((table): Command => ['nft', '-a', 'list', 'table', 'bridge', table]),
  );
  return new Map(found.map((table, i) => [table, parseNative(texts[i] ?? '')]));
}
