import { namesIn, type NftTables } from './nft-tables.js';
import { tapClosedBy } from './port.js';
import { type Command, listWith } from './tool.js';

/** The table of all guards, a chain for each tap. */
export const guardTable = 'virtwarden_guard';

/** What nft has at the ingress of devices. */
export interface Ingress {
  /** The table of guards, as it is listed; empty without one. */
  guards: string;
  /** The taps that the service has closed, those that are gone included. */
  closed: readonly string[];
  /** The tables of others, as they are listed. */
  others: string;
}

/** Lists the guards. */
export const guardsCommand: Command = ['nft', '-a', 'list', 'table', 'netdev', guardTable];

/**
 * What is at the ingress of devices; others' tables are read now.
 * @param nft the tables that there are
 * @param guards what `guardsCommand` says
 * @throws Problem kernel-unreadable
 */
export async function readIngress(nft: NftTables, guards: Promise<string>): Promise<Ingress> {
  const names = namesIn(nft, 'netdev');
  const others = names.filter((name) => name !== guardTable && tapClosedBy(name) === undefined);
  const texts = await listWith(...others.map((name): Command => ['nft', 'list', 'table', 'netdev', name]));
  return {
    guards: await guards,
    closed: names.flatMap((name) => tapClosedBy(name) ?? []),
    others: texts.join(''),
  };
}
