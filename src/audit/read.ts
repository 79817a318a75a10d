import { readFile } from 'node:fs/promises';
import type { AuditEntry } from '../schemas/audit.js';
import { type AuditLine, type Begun, type Ended, type OperationEnded, parseLine } from './line.js';

/** The lines of the files, the newest first; one file is in memory at a time. */
async function* linesOf(files: readonly string[]): AsyncGenerator<AuditLine> {
  for (const path of files) {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    });
    for (let end = text.length; end > 0;) {
      const begin = text.lastIndexOf('\n', end - 2) + 1;
      const line = parseLine(text.slice(begin, end));
      if (line) yield line;
      end = begin;
    }
  }
}

/** What goes on now: it has no end in the file yet, and is not to be taken for cut off. */
export interface GoingOn {
  request(id: string): boolean;
  operation(id: string): boolean;
}

function entryOf(
  { id, at, caller, from, action, path, asked }: Begun,
  end: Ended | undefined,
  work: OperationEnded | undefined,
  goingOn: GoingOn,
): AuditEntry {
  const begun = { id, at, caller, from, action, path, ...(asked && { asked }) };
  if (!end) return { ...begun, result: goingOn.request(id) ? 'running' : 'unfinished' };
  const { status, operation, before, after, result, problem, detail } = end;
  const known = {
    ...begun,
    endedAt: end.at,
    ...(status !== undefined && { status }),
    ...(operation !== undefined && { operation }),
    ...(before && { before }),
    ...(after && { after }),
    result,
    ...(problem !== undefined && { problem }),
    ...(detail !== undefined && { detail }),
  };
  if (operation === undefined) return known;
  if (!work) return { ...known, result: goingOn.operation(operation) ? 'running' : 'unfinished' };
  return {
    ...known,
    endedAt: work.at,
    result: work.result,
    ...(work.problem !== undefined && { problem: work.problem }),
    ...(work.detail !== undefined && { detail: work.detail }),
  };
}

/** The changes, the newest first: each once, with how it ended. @throws Error of the file system */
export async function* readEntries(files: readonly string[], goingOn: GoingOn): AsyncGenerator<AuditEntry> {
  const ends = new Map<string, Ended>();
  const works = new Map<string, OperationEnded>();
  for await (const line of linesOf(files)) {
    if (line.phase === 'ended') ends.set(line.id, line);
    else if (line.phase === 'operation') works.set(line.operation, line);
    else {
      const ended = ends.get(line.id);
      ends.delete(line.id);
      yield entryOf(line, ended, works.get(ended?.operation ?? ''), goingOn);
    }
  }
}
