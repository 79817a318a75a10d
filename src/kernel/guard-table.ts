import { saysDormant } from './nft-listing.js';
import { dumpTable, type RuleCounts } from './table-dump.js';
import { type Command, listWith } from './tool.js';

/** The table of all guards, a chain for each tap. */
export const guardTable = 'virtwarden_guard';

/** The guards that the kernel has. */
export interface GuardTable {
  /** As nft lists them, empty without any: the same object where it was listed once and the kernel has the same still. */
  listed: { readonly text: string };
  /** What rules have counted, by their numbers, where that is newer than what was listed. */
  counts?: ReadonlyMap<string, RuleCounts>;
}

const listCommand: Command = ['nft', '-a', 'list', 'table', 'netdev', guardTable];

/** Lists the guards that the kernel has now. @throws Problem kernel-unreadable */
export const listGuardTable = async (): Promise<GuardTable> => ({
  listed: { text: (await listWith(listCommand)).join('') },
});

/** What was listed last, and what the kernel said just then. */
let remembered: { bytes: Buffer; listed: GuardTable['listed'] } | undefined;

/** Has the guards listed anew when they are read next: another nft may be installed, which spells them otherwise. */
export function forgetListing(): void {
  remembered = undefined;
}

/**
 * Reads the guards that the kernel has now. nft takes several times as long to list them as the kernel to tell them: so the
 * kernel is asked each time, and nft only when the kernel says otherwise than when nft was asked last.
 * @throws Problem kernel-unreadable
 */
export async function readGuardTable(): Promise<GuardTable> {
  const before = await dumpTable(guardTable);
  // at one moment: parts of two states may be together what never was
  if (before?.generation !== undefined && remembered?.bytes.equals(before.bytes))
    return { listed: remembered.listed, counts: before.counts };
  const table = await listGuardTable();
  if (before?.generation === undefined) return table;
  const after = await dumpTable(guardTable);
  // no transaction came in between: it is this that was listed, but for what one that is given up shows of itself meanwhile
  const listedDormant = table.listed.text.split('\n').some((line) => saysDormant(line.trim()));
  if (
    after?.generation === before.generation &&
    after.bytes.equals(before.bytes) &&
    after.dormant === listedDormant
  )
    remembered = { bytes: after.bytes, listed: table.listed };
  return table;
}
