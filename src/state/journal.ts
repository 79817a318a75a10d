import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Value from 'typebox/value';
import { Problem } from '../errors.js';
import { writeFileAtomic } from './atomic-file.js';
import { JournalEntry } from './journal-entry.js';

/** Undoes what an entry says. @returns whether it could be undone: what could not is left for the next time */
export type Undo = (entry: JournalEntry, isStillLeft: () => boolean) => Promise<boolean>;

/** What changes are written to before they begin. */
export interface ChangeJournal {
  /** Whether anything is left over, of this VM or of any, which recover() has to undo. */
  hasLeft(vm?: string): boolean;
  /** Whether the VM cannot be changed before recover() has undone what is left over of it. */
  keepsBack(vm: string): boolean;
  /** Leaves something for recover(), now and after the end of the service. @throws Problem state-unwritable */
  leave(entry: JournalEntry): Promise<void>;
  during<T>(entry: JournalEntry, change: () => Promise<T>, undo: () => Promise<void>): Promise<T>;
  recover(undo: Undo, vm?: string): Promise<void>;
}

/** For an application without state of its own: nothing is written, nothing is left. */
export const noJournal: ChangeJournal = {
  hasLeft: () => false,
  keepsBack: () => false,
  leave: () => Promise.resolve(),
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

async function readEntry(path: string): Promise<JournalEntry | undefined> {
  try {
    const entry: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Value.Check(JournalEntry, entry) ? entry : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'EISDIR') return undefined;
    throw error;
  }
}

/** @throws Problem state-unwritable */
async function written<T>(directory: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Problem(
      'state-unwritable',
      `The directory ${directory} cannot be written to: ${(error as Error).message}. Without its entry there a change is not made.`,
      { cause: error },
    );
  }
}

/** What the service is in the middle of, on disk: a file for each change, written before it begins. */
export class Journal implements ChangeJournal {
  /** Files that were no entries, and were given another name: what they were about cannot be undone. */
  readonly damaged: readonly string[];
  readonly #directory: string;
  /** What is left of changes that neither were done nor could be undone, with the file that goes once it is undone. */
  readonly #left: { entry: JournalEntry; path: string }[];

  private constructor(directory: string, left: { entry: JournalEntry; path: string }[], damaged: string[]) {
    this.#directory = directory;
    this.#left = left;
    this.damaged = damaged;
  }

  /** @throws Error when the directory cannot be read or made */
  static async open(stateDir: string): Promise<Journal> {
    const directory = join(stateDir, 'journal');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const left = [];
    const damaged = [];
    for (const file of await readdir(directory)) {
      const path = join(directory, file);
      // a temporary file was never a whole entry: its change had not begun
      if (file.endsWith('.tmp')) await rm(path);
      if (!file.endsWith('.json')) continue;
      const entry = await readEntry(path);
      if (entry) {
        left.push({ entry, path });
      } else {
        damaged.push(`${path}.damaged`);
        await rename(path, `${path}.damaged`);
      }
    }
    return new Journal(directory, left, damaged);
  }

  hasLeft(vm?: string): boolean {
    return this.#left.some(({ entry }) => vm === undefined || entry.vm === vm);
  }

  keepsBack(vm: string): boolean {
    // what another host may have says nothing of the VM here
    return this.#left.some(({ entry }) => entry.vm === vm && entry.kind !== 'copy');
  }

  async leave(entry: JournalEntry): Promise<void> {
    this.#left.push({ entry, path: await this.#write(entry) });
  }

  /** @returns the file @throws Problem state-unwritable */
  async #write(entry: JournalEntry): Promise<string> {
    const path = join(this.#directory, `${randomUUID()}.json`);
    await written(this.#directory, writeFileAtomic(path, JSON.stringify(entry), 0o600));
    return path;
  }

  /**
   * Does the change with its entry on disk. When it fails, or the entry cannot be removed, it is undone; when that fails
   * too, because libvirt is gone for one, the entry stays for recover().
   * @throws what the change threw; Problem state-unwritable
   */
  async during<T>(entry: JournalEntry, change: () => Promise<T>, undo: () => Promise<void>): Promise<T> {
    const path = await this.#write(entry);
    const remove = (): Promise<void> => written(this.#directory, rm(path, { force: true }));
    try {
      const result = await change();
      await remove();
      return result;
    } catch (error) {
      await undo()
        .then(remove)
        .catch(() => this.#left.push({ entry, path }));
      throw error;
    }
  }

  /** Undoes what is left over, of one VM or of all, one after the other. */
  async recover(undo: Undo, vm?: string): Promise<void> {
    for (const left of [...this.#left]) {
      if (vm !== undefined && left.entry.vm !== vm) continue;
      const isStillLeft = (): boolean => this.#left.includes(left);
      if (!(await undo(left.entry, isStillLeft)) || !isStillLeft()) continue;
      await written(this.#directory, rm(left.path, { force: true }));
      this.#left.splice(this.#left.indexOf(left), 1);
    }
  }
}
