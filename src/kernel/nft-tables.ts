import { type Beginning, type Command, listWith, unreadable } from './tool.js';
import { saysDormant } from './nft-listing.js';

/**
 * Lists the tables, with what sets they have: for their names alone nft 1.0.6 reads every rule of the host, and as JSON,
 * where one has flags, it writes something else out of its memory in their place, and at times dies of it.
 */
export const tablesCommand: Command = ['nft', '-t', 'list', 'sets'];

/** The tables that the kernel has, as `bridge nat`. */
export type NftTables = ReadonlySet<string>;

/** Reads them. @param text what `tablesCommand` says @throws Problem kernel-unreadable */
export function readTables(text: string): NftTables {
  if (text !== '' && !text.startsWith('table '))
    throw unreadable('nft', new Error('it does not list its tables'));
  return new Set([...text.matchAll(/^table (\S+ \S+) \{/gm)].map(([, name = '']) => name));
}

/** The names of the tables of a family. */
export const namesIn = (tables: NftTables, family: string): string[] =>
  [...tables].flatMap((table) => (table.startsWith(`${family} `) ? table.slice(family.length + 1) : []));

const listing = (table: string): Command => ['nft', '-t', 'list', 'table', ...table.split(' ')];

/** What says whether a table is switched off: its flags come first, and of its rules nothing is waited for. */
export const flagsOf = (table: string): Beginning => ({ of: listing(table), lines: 2 });

/**
 * Whether a table is switched off: then its rules see nothing.
 * @param said what `flagsOf` it says; nothing, where that failed: then the table is listed once more, by itself
 * @throws Problem kernel-unreadable
 */
export async function isDormant(table: string, said: string): Promise<boolean> {
  const [text = ''] = said === '' ? await listWith(listing(table)) : [said];
  return text.split('\n', 2).some((line) => saysDormant(line.trim()));
}
