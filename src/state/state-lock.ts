import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const fileName = 'lock';
const pollMs = 50;

/**
 * The right to write to a state directory, which one process has at a time: the service for as long as it runs, or the
 * command line while the service is down. It is flock(2)'s lock of an open file, so the kernel takes it back from a process
 * that dies in whatever way. Node has no such call: flock(1) makes it on the file that this process holds open.
 */
export class StateLock implements Disposable {
  #file: number | undefined;
  readonly #path: string;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Takes the lock; waits for at most `waitMs` while another has it.
   * @returns undefined when another has it still
   * @throws Error when the directory cannot be made or written, or flock(1) is not there
   */
  static async take(stateDir: string, waitMs: number): Promise<StateLock | undefined> {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    const path = join(stateDir, fileName);
    const file = openSync(path, 'a', 0o600);
    const until = Date.now() + waitMs;
    try {
      while (!lock(file, 'exclusive')) {
        if (Date.now() >= until) {
          closeSync(file);
          return undefined;
        }
        await delay(pollMs);
      }
    } catch (error) {
      closeSync(file);
      throw error;
    }
    writeFileSync(path, '');
    return new StateLock(path, file);
  }

  /** Leaves word for those who find the lock taken: where the service listens. */
  announce(listen: string): void {
    writeFileSync(this.#path, listen);
  }

  [Symbol.dispose](): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
  }
}

/**
 * Where the service listens that has the lock of a directory, if it has said so. What one has said that is gone does not count: anybody may
 * listen there by now.
 * @throws Error when flock(1) is not there
 */
export function announcedAddress(stateDir: string): string | undefined {
  let file: number;
  try {
    file = openSync(join(stateDir, fileName), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined; // no service has been here, or it is not for this user to see
  }
  try {
    return lock(file, 'shared') ? undefined : readFileSync(file, 'utf8') || undefined;
  } finally {
    closeSync(file); // and with it goes the lock, where there was one to be had
  }
}

/** Takes a lock of an open file. @returns whether it was to be had */
function lock(file: number, kind: 'exclusive' | 'shared'): boolean {
  const { status, error, stderr } = spawnSync('flock', [`--${kind}`, '-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', file],
    env: { PATH: `${process.env.PATH ?? ''}:/usr/bin:/bin` },
  });
  if (error) throw new Error('flock, of util-linux, cannot be run', { cause: error });
  if (status === 0 || status === 1) return status === 0;
  throw new Error(`the state directory cannot be locked: ${stderr.toString().trim()}`);
}
