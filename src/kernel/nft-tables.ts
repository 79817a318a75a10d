import { type Command, listWith, unreadable } from './tool.js';
import { saysDormant } from './nft-listing.js';

/** Lists the tables with their flags; nft 1.0.6 reads all rules of the host for it. */
export const tablesCommand: Command = ['nft', '-j', 'list', 'tables'];

/** The tables that the kernel has, as `bridge nat`, each with whether it is switched off: then its rules see nothing. */
export type NftTables = ReadonlyMap<string, { dormant: boolean }>;

const table = /\{"table": \{"family": "(\w+)", "name": "([^"]*)", "handle": \d+(, "flags":)?/g;

/** The same in nft's own words, where there are flags; it takes a listing of each table. */
async function readEach(): Promise<NftTables> {
  const [listed = ''] = await listWith(['nft', 'list', 'tables']);
  const names = [...listed.matchAll(/^table (\S+ \S+)$/gm)].map(([, name = '']) => name);
  const texts = await listWith(
    ...names.map((name): Command => ['nft', '-t', 'list', 'table', ...name.split(' ')]),
  );
  const isOff = (text = ''): boolean => text.split('\n').some((line) => saysDormant(line.trim()));
  return new Map(names.map((name, i) => [name, { dormant: isOff(texts[i]) }]));
}

/**
 * Reads the tables. Where one has flags nft 1.0.6 writes bytes of its memory in their place, or stops there: so they are not
 * read, any is taken for the only one that others set, and of a list that is not whole nothing is believed.
 * @param text what `tablesCommand` says
 * @throws Problem kernel-unreadable
 */
export async function readTables(text: string): Promise<NftTables> {
  if (!text.startsWith('{"nftables": [')) throw unreadable('nft', new Error('it does not list its tables'));
  if (!/\]\}\s*$/.test(text)) return readEach();
  return new Map(
    [...text.matchAll(table)].map(([, family = '', name = '', flags]): [string, { dormant: boolean }] => [
      `${family} ${name}`,
      { dormant: flags !== undefined },
    ]),
  );
}

/** The names of the tables of a family. */
export const namesIn = (tables: NftTables, family: string): string[] =>
  [...tables.keys()].flatMap((table) =>
    table.startsWith(`${family} `) ? table.slice(family.length + 1) : [],
  );
