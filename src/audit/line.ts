import type { AuditEntry } from '../schemas/audit.js';

/** What is known of a change before it begins. It is on disk before anything is done. */
export type Begun = Pick<AuditEntry, 'id' | 'at' | 'caller' | 'from' | 'action' | 'path' | 'asked'> & {
  phase: 'begun';
};

/** How it ended. That of long work says so of its operation. */
export type Ended = Pick<
  AuditEntry,
  'id' | 'at' | 'before' | 'after' | 'status' | 'problem' | 'detail' | 'operation'
> & { phase: 'ended'; result: 'succeeded' | 'failed' | 'denied' };

/** How long work ended, some time after its request was answered. */
export type OperationEnded = Pick<AuditEntry, 'at' | 'problem' | 'detail'> & {
  phase: 'operation';
  operation: string;
  result: 'succeeded' | 'failed';
};

/** A line of the file. A change has two or three, and one entry. */
export type AuditLine = Begun | Ended | OperationEnded;

/** @returns undefined for what is no line: a kill may have cut one off */
export function parseLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<AuditLine> | null;
    return line?.phase === undefined ? undefined : (line as AuditLine);
  } catch {
    return undefined;
  }
}
