import { Problem } from '../errors.js';
import type { JournalEntry } from '../state/journal-entry.js';
import type { VmContext } from './context.js';

const stillThere =
  'What was done of it could not be undone yet: the service keeps trying, and changes nothing else of the VM before.';

/**
 * Does a change of a VM with its entry in the journal, and undoes it when it fails. What cannot be undone now is in the
 * log, and is undone by recover().
 * @throws what the change threw; a Problem says so when it could not be undone
 */
export async function journaled<T>(
  { journal, log }: VmContext,
  entry: JournalEntry,
  change: () => Promise<T>,
  undo: () => Promise<void>,
): Promise<T> {
  const undoing = { failed: false };
  try {
    return await journal.during(entry, change, async () => {
      try {
        await undo();
      } catch (error) {
        undoing.failed = true;
        log.error(
          { err: error, vm: entry.vm, kind: entry.kind },
          'a change that failed could not be undone: it is tried again',
        );
        throw error;
      }
    });
  } catch (error) {
    if (!undoing.failed || !(error instanceof Problem)) throw error;
    throw new Problem(error.type, `${error.message} ${stillThere}`, { cause: error });
  }
}
