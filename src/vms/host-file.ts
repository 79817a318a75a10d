import type { BigIntStats } from 'node:fs';
import { constants, type FileHandle, open, readlink } from 'node:fs/promises';

/** open(2) that opens nothing: no device is woken, no FIFO is waited for, nothing can be read. Node has no name for it. */
const O_PATH = 0o10000000;

/** Which file lay where, at one moment. */
export interface FoundFile {
  /** The path that it was looked for by. */
  readonly name: string;
  /** Where it really lies, links resolved. */
  readonly path: string;
  /** Its device and inode: another file has another. */
  readonly id: string;
}

/** A file of the host that is held: all that is said of it, and read, is of one and the same file. */
export class HostFile implements AsyncDisposable, FoundFile {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly kind: 'regular' | 'block' | 'other';
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, name: string, path: string, stats: BigIntStats) {
    this.#handle = handle;
    this.name = name;
    this.path = path;
    this.id = `${stats.dev}:${stats.ino}`;
    this.kind = stats.isFile() ? 'regular' : stats.isBlockDevice() ? 'block' : 'other';
  }

  /** Follows the path, and all links on it, as the kernel does for QEMU. @throws Error with the errno of open(2) */
  static async at(path: string): Promise<HostFile> {
    const handle = await open(path, O_PATH);
    try {
      const stats = await handle.stat({ bigint: true });
      return new HostFile(handle, path, await readlink(inProc(handle)), stats);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Its first bytes, or all of them when there are fewer. @throws Error with the errno of open(2) or read(2) */
  async head(bytes: number): Promise<Buffer> {
    const handle = await open(inProc(this.#handle), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const buffer = Buffer.alloc(bytes);
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, bytes - length, length);
        length += bytesRead;
        if (bytesRead === 0 || length === bytes) return buffer.subarray(0, length);
      }
    } finally {
      await handle.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }
}

/** The kernel's own link to what a handle holds. */
const inProc = ({ fd }: FileHandle): string => `/proc/self/fd/${fd}`;
