import { open, type FileHandle, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file of the log is full at so many bytes, and so many old ones are kept. */
export interface RotationLimits {
  bytes: number;
  old: number;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** The files of a log in a state directory, the newest first; of the old ones some may not be there. */
export const auditFiles = (stateDir: string, { old }: RotationLimits): string[] =>
  Array.from({ length: old + 1 }, (_, i) => join(stateDir, i === 0 ? 'audit.jsonl' : `audit.jsonl.${i}`));

/** Opens the file that lines are added to. What a kill has left of one is ended, so that none is added to it. */
export async function openForLines(path: string): Promise<{ file: FileHandle; size: number }> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    const torn = size > 0 && buffer[0] !== 0x0a;
    if (torn) await file.appendFile('\n');
    return { file, size: size + (torn ? 1 : 0) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Gives each file the next one's name, the oldest first: a kill in between leaves a gap, and nothing twice or lost but the oldest. */
export async function shift(files: readonly string[]): Promise<void> {
  for (let i = files.length - 1; i > 0; i--) {
    const [from = '', to = ''] = [files[i - 1], files[i]];
    await rename(from, to).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
  }
  const directory = await open(dirname(files[0] ?? ''), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Whether the file is still what its name leads to: somebody else may have put it away. */
export async function isInPlace(file: FileHandle, path: string): Promise<boolean> {
  const [held, named] = [await file.stat(), await stat(path).catch(() => undefined)];
  return named?.ino === held.ino && named.dev === held.dev;
}
