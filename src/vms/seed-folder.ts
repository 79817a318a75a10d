import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';

/** QEMU has to pass through it, and nobody has to look into it. */
const mode = 0o711;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

const isOurs = ({ uid, mode }: Stats): boolean => uid === process.geteuid?.() && (mode & 0o022) === 0;

/**
 * The directory of the seeds, held open. Others may write where it lies, and put a link or a directory of theirs in its place: what
 * is done below `path` is done in this one all the same.
 */
export class SeedFolder implements AsyncDisposable {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Makes it unless it is there. @throws Error when it cannot be made, or what is there is somebody else's */
  static async make(directory: string): Promise<SeedFolder> {
    const made = await mkdir(directory, { mode: 0o700 }).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
        return false;
      },
    );
    const folder = await SeedFolder.open(directory);
    if (!folder) throw new Error(`${directory} is not a directory that the service alone can write to`);
    // apart from the making, which heeds the umask
    if (made) await folder.#handle.chmod(mode);
    return folder;
  }

  /** Undefined: it is not there, or somebody else's. */
  static async open(directory: string): Promise<SeedFolder | undefined> {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
    const handle = await open(directory, flags).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].includes(codeOf(error))) return undefined;
      throw error;
    });
    if (!handle) return undefined;
    if (isOurs(await handle.stat())) return new SeedFolder(handle);
    await handle.close();
    return undefined;
  }

  get fd(): number {
    return this.#handle.fd;
  }

  /** For this process alone: others see into it by its rights only. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.#handle.fd}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }
}
