import type { JournalEntry } from '../state/journal.js';
import type { VmContext } from './context.js';

/**
 * Does a change of a VM with its entry in the journal, and undoes it when it fails. What cannot be undone now is in the
 * log, and is undone by recover().
 * @throws what the change threw
 */
export function journaled<T>(
  { journal, log }: VmContext,
  entry: JournalEntry,
  change: () => Promise<T>,
  undo: () => Promise<void>,
): Promise<T> {
  return journal.during(entry, change, async () => {
    try {
      await undo();
    } catch (error) {
      log.error(
        { err: error, vm: entry.vm, kind: entry.kind },
        'a change that failed could not be undone: it is tried again',
      );
      throw error;
    }
  });
}
