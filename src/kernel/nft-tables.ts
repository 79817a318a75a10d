import { type Command, unreadable } from './tool.js';

/** Lists the names of nft's tables, with whether they have flags, which its words do not say. */
export const tablesCommand: Command = ['nft', '-j', 'list', 'tables'];

/** The tables that the kernel has, as `bridge nat`, each with whether it is switched off. */
export type NftTables = ReadonlyMap<string, { dormant: boolean }>;

const table = /\{"table": \{"family": "(\w+)", "name": "([^"]*)", "handle": \d+(, "flags":)?/g;

/**
 * Reads them. Where a table has flags nft 1.0.6 writes bytes of its memory there, or nothing more at all: so this is not read
 * as JSON, and any flag is taken for the only one that others set, dormant.
 * @throws Problem kernel-unreadable
 */
export function parseTables(text: string): NftTables {
  if (!text.startsWith('{"nftables": [')) throw unreadable('nft', new Error('it does not list its tables'));
  return new Map(
    [...text.matchAll(table)].map(([, family = '', name = '', flags]): [string, { dormant: boolean }] => [
      `${family} ${name}`,
      { dormant: flags !== undefined },
    ]),
  );
}
