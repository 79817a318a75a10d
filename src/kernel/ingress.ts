import { guardTable, type GuardTable } from './guard-table.js';
import { namesIn, type NfTables } from './nf-tables.js';
import { tapClosedBy } from './port.js';
import { type Command, listWith } from './tool.js';

/** What nft has at the ingress of devices. */
export interface Ingress {
  guards: GuardTable;
  /** The taps that the service has closed, those that are gone included. */
  closed: readonly string[];
  /** The tables of others, as they are listed. */
  others: string;
}

/**
 * What is at the ingress of devices; others' tables are read now.
 * @param nft the tables that there are
 * @throws Problem kernel-unreadable
 */
export async function readIngress(nft: NfTables, guards: Promise<GuardTable>): Promise<Ingress> {
  const names = namesIn(nft, 'netdev');
  const others = names.filter((name) => name !== guardTable && tapClosedBy(name) === undefined);
  const texts = await listWith(...others.map((name): Command => ['nft', 'list', 'table', 'netdev', name]));
  return {
    guards: await guards,
    closed: names.flatMap((name) => tapClosedBy(name) ?? []),
    others: texts.join(''),
  };
}
