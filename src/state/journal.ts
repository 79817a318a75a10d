import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.js';

/** A change that was begun: enough to undo it, should the service or its connection die in the middle. */
export type JournalEntry =
  | {
      kind: 'create';
      /** UUID of the VM that is being made; its own record names what was made for it. */
      vm: string;
    }
  | {
      kind: 'start';
      vm: string;
      /** It had saved memory, which the start takes up: undone, it is saved again. */
      saved: boolean;
    }
  | {
      kind: 'unplug';
      vm: string;
      mac: string;
    }
  | {
      kind: 'nic';
      vm: string;
      mac: string;
      /** The VM's definition as it was, secrets included. */
      before: string;
    };

/** What changes are written to before they begin. */
export interface ChangeJournal {
  /** How many changes are left over, which recover() has to undo. */
  readonly left: number;
  during<T>(entry: JournalEntry, change: () => Promise<T>, undo: () => Promise<void>): Promise<T>;
  recover(undo: (entry: JournalEntry) => Promise<boolean>): Promise<void>;
}

/** For an application without state of its own: nothing is written, nothing is left. */
export const noJournal: ChangeJournal = {
  left: 0,
  during: async (_entry, change, undo) => {
    try {
      return await change();
    } catch (error) {
      await undo().catch(() => undefined);
      throw error;
    }
  },
  recover: () => Promise.resolve(),
};

/** What the service is in the middle of, on disk: a file for each change, written before it begins. */
export class Journal implements ChangeJournal {
  readonly #directory: string;
  /** What is left of changes that neither were done nor could be undone, with the file that goes once it is undone. */
  readonly #left: { entry: JournalEntry; path: string }[];

  private constructor(directory: string, left: { entry: JournalEntry; path: string }[]) {
    this.#directory = directory;
    this.#left = left;
  }

  /** @throws Error when the directory cannot be read or made, or holds what is not a journal */
  static async open(stateDir: string): Promise<Journal> {
    const directory = join(stateDir, 'journal');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const left = [];
    for (const file of await readdir(directory)) {
      const path = join(directory, file);
      // a temporary file was never a whole entry: its change had not begun
      if (!file.endsWith('.json')) await rm(path);
      else left.push({ entry: JSON.parse(await readFile(path, 'utf8')) as JournalEntry, path });
    }
    return new Journal(directory, left);
  }

  get left(): number {
    return this.#left.length;
  }

  /**
   * Does the change with its entry on disk. When it fails it is undone; when that fails too, because libvirt is gone for
   * one, the entry stays for recover().
   * @throws what the change threw
   */
  async during<T>(entry: JournalEntry, change: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
    const path = join(this.#directory, `${randomUUID()}.json`);
    await writeFileAtomic(path, JSON.stringify(entry), 0o600);
    try {
      const result = await change();
      await rm(path, { force: true });
      return result;
    } catch (error) {
      await undo().then(
        () => rm(path, { force: true }),
        () => this.#left.push({ entry, path }),
      );
      throw error;
    }
  }

  /**
   * Undoes what is left over, one after the other.
   * @param undo whether it could be undone: what could not is left for the next time
   */
  async recover(undo: (entry: JournalEntry) => Promise<boolean>): Promise<void> {
    for (const left of [...this.#left]) {
      if (!(await undo(left.entry))) continue;
      await rm(left.path, { force: true });
      this.#left.splice(this.#left.indexOf(left), 1);
    }
  }
}
