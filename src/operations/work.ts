import { asProblem, problemBody } from '../problem-body.js';
import type { Migration } from '../schemas/migration.js';
import type { Operation } from '../schemas/operation.js';

/** What the work of an operation is given. */
export interface OperationTools {
  /** Says how far the work is. */
  progress: (percent: number, text: string) => void;
  /** Says what libvirt tells of a migration, and where the VM is. */
  migration: (figures: Migration) => void;
  /** Aborted when the operation is to be cancelled, which happens only to work that was said to be cancellable. */
  signal: AbortSignal;
}

export type Work = (tools: OperationTools) => Promise<unknown>;

export interface OperationLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Whether work ended because it was told to, and not by another fault at the same time. */
const isAbort = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));

/** Does the work of an operation, and keeps in the operation how it goes and how it ended. Never rejects. */
export async function follow(
  operation: Operation,
  signal: AbortSignal,
  work: Work,
  log: OperationLog,
): Promise<void> {
  const { id, kind, vm } = operation;
  const progress = (percent: number, text: string): void => {
    if (operation.status !== 'running') return;
    operation.progress = { percent: Math.round(Math.min(100, Math.max(0, percent))), text };
  };
  const end = (status: Operation['status'], message: string): void => {
    operation.status = status;
    operation.finishedAt = new Date().toISOString();
    log.info({ operation: id, kind, vm }, message);
  };
  const migration = (figures: Migration): void => {
    operation.migration = figures;
  };
  try {
    await work({ progress, migration, signal });
    operation.progress = { ...operation.progress, percent: 100 };
    end('succeeded', 'an operation succeeded');
  } catch (error) {
    if (isAbort(error, signal)) {
      end('cancelled', 'an operation was cancelled');
      return;
    }
    const problem = asProblem(error, id);
    operation.problem = problemBody(problem, id);
    if (problem.status >= 500) log.error({ operation: id, err: error }, problem.message);
    end('failed', `an operation failed: ${problem.message}`);
  }
}
