import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { AuditFile } from './log.js';
import { shorten } from './shorten.js';

/** Who gave the command, by name where it has one; root may go on as another, see cli/as-owner. */
const caller = { name: userName(), via: 'offline' } as const;

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

interface Change {
  action: string;
  path: string;
  asked?: object;
}

/**
 * Writes down a change that is made on a state directory while the service is down. The caller has the directory's lock.
 * @throws Problem state-unwritable: nothing was done; whatever the change throws
 */
export async function auditedOffline<T>(
  stateDir: string,
  { action, path, asked }: Change,
  change: () => Promise<T>,
): Promise<T> {
  const log = new AuditFile(stateDir);
  const [id, now] = [randomUUID(), (): string => new Date().toISOString()];
  const short = shorten(asked);
  try {
    await log.append({
      ...{ phase: 'begun', id, at: now(), caller, from: 'command line', action, path },
      ...(short && { asked: short }),
    });
    try {
      const done = await change();
      const after = shorten(done);
      await log.append({ phase: 'ended', id, at: now(), result: 'succeeded', ...(after && { after }) });
      return done;
    } catch (error) {
      const detail = (error as Error).message;
      await log.append({ phase: 'ended', id, at: now(), result: 'failed', detail }).catch(() => undefined);
      throw error;
    }
  } finally {
    await log.close();
  }
}
