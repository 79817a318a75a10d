import type { FileHandle } from 'node:fs/promises';
import { Mutex } from 'async-mutex';
import { Problem } from '../errors.js';
import { auditFiles, isInPlace, openForLines, type RotationLimits, shift } from './files.js';
import type { AuditLine } from './line.js';

const defaultLimits: RotationLimits = { bytes: 8 * 1024 ** 2, old: 8 };

/** Where changes are written down. */
export interface AuditLog {
  /** The files, the newest first. */
  readonly files: readonly string[];
  /** Resolves once the line is on disk. @throws Problem state-unwritable */
  append(line: AuditLine): Promise<void>;
  close(): Promise<void>;
}

/** For an application without state of its own: nothing is written. */
export const noAudit: AuditLog = {
  files: [],
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The audit log in a state directory, whose lock the caller has. Lines that come while others are written go to disk together. */
export class AuditFile implements AuditLog {
  readonly files: readonly string[];
  readonly #limits: RotationLimits;
  readonly #writing = new Mutex();
  #waiting: string[] = [];
  #file: FileHandle | undefined;
  #size = 0;

  constructor(stateDir: string, limits = defaultLimits) {
    this.files = auditFiles(stateDir, limits);
    this.#limits = limits;
  }

  async append(line: AuditLine): Promise<void> {
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    const own = this.#waiting;
    try {
      await this.#writing.runExclusive(async () => {
        // another may have written it along with its own, and failed or not for both
        if (this.#waiting !== own) return this.#last;
        this.#waiting = [];
        this.#last = this.#write(own.join(''));
        return this.#last;
      });
    } catch (error) {
      throw new Problem(
        'state-unwritable',
        `${this.path} cannot be written to: ${(error as Error).message}. Without its line there a change is not made.`,
        { cause: error },
      );
    }
  }

  get path(): string {
    return this.files[0] ?? '';
  }

  async close(): Promise<void> {
    await this.#writing.runExclusive(() => this.#end());
  }

  /** The last write, which those share whose lines were in it. */
  #last: Promise<void> = Promise.resolve();

  async #write(text: string): Promise<void> {
    try {
      if (this.#file && !(await isInPlace(this.#file, this.path))) await this.#end();
      if (this.#size >= this.#limits.bytes) {
        await this.#end();
        await shift(this.files);
      }
      if (!this.#file) {
        const { file, size } = await openForLines(this.path);
        this.#file = file;
        this.#size = size;
      }
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#size += Buffer.byteLength(text);
    } catch (error) {
      // half a line may be there: the file is opened anew, which ends it
      await this.#end().catch(() => undefined);
      throw error;
    }
  }

  async #end(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.#size = 0;
    await file?.close();
  }
}
