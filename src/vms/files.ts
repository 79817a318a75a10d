import { realpath } from 'node:fs/promises';
import { basename, normalize, sep } from 'node:path';
import { fieldProblem } from '../errors.js';
import { HostFile } from './host-file.js';
import { isSeedPath } from './seed-path.js';

/** Where the files of VMs may lie. */
export interface FilePlaces {
  /** The allowed directories. */
  imageDirs: readonly string[];
  /** What is the service's own (tokens, keys): files, or directories with all in them, even inside an allowed one. */
  ownPaths: readonly string[];
}

/** A file that a VM may not have; the message goes on from what named it. */
export class FileRefused extends Error {}

/** Whether the kernel has said that the service has not the right. */
export const isDenied = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EACCES';

/** What is said of a file whose place is closed to the service. */
export const outOfReach = 'is in a directory that the service may not look into (EACCES)';

/** Those that are there, links resolved. */
async function resolveAll(paths: readonly string[]): Promise<string[]> {
  const resolved = await Promise.allSettled(paths.map((path) => realpath(path)));
  return resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/** Whether a path is in a directory, at any depth; both are real. */
export const isInside = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** Whether a file, by its real path, holds what no VM is to see: a seed, or what the service keeps for itself. */
export async function isOwn(real: string, { ownPaths }: FilePlaces): Promise<boolean> {
  const own = await resolveAll(ownPaths);
  return isSeedPath(real) || own.some((path) => real === path || isInside(real, path));
}

/**
 * A regular file in an allowed directory, by whatever links it was named. The caller closes it.
 *
 * A file with several names passes: by default the kernel lets nobody make a further name of a file that is neither their
 * own nor theirs to write (fs.protected_hardlinks), and images and kernels are hard-linked by those who keep copies.
 * @throws FileRefused
 */
export async function openAllowed(path: string, places: FilePlaces): Promise<HostFile> {
  // the same words whether it is missing or elsewhere: a caller is not to find out which files the host has
  const elsewhere = `is not a file in an allowed directory (${places.imageDirs.join(', ')})`;
  const allowed = await resolveAll(places.imageDirs);
  const asked = normalize(path);
  const file = await HostFile.at(path).catch((error: unknown) => {
    const told = isDenied(error) && places.imageDirs.some((directory) => isInside(asked, directory));
    throw new FileRefused(told ? outOfReach : elsewhere);
  });
  try {
    const inside = allowed.some((directory) => isInside(file.path, directory));
    if (!inside || (await isOwn(file.path, places))) throw new FileRefused(elsewhere);
    if (file.kind !== 'regular') throw new FileRefused('is not a regular file');
    return file;
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * The seed of a VM, where the service has put it. The caller closes it.
 * @throws FileRefused when it is not there, or by now something else is
 */
export async function openSeed(path: string, { imageDirs }: FilePlaces): Promise<HostFile> {
  const allowed = await resolveAll(imageDirs);
  const file = await HostFile.at(path).catch((error: unknown) => {
    throw new FileRefused(isDenied(error) ? outOfReach : 'is not there');
  });
  const { path: real } = file;
  const inPlace = isSeedPath(real) && allowed.some((directory) => isInside(real, directory));
  if (inPlace && file.kind === 'regular' && basename(real) === basename(path)) return file;
  await file[Symbol.asyncDispose]();
  throw new FileRefused('is not the seed that was made for the VM');
}

/** Does the work, and says of a file that is refused where the request, or the definition, names it. */
export async function named<T>(
  type: 'path-not-allowed' | 'volume-refused',
  field: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw fieldProblem(type, field, error.message);
  }
}

/**
 * The real path of a file that a VM may use: a regular file in an allowed directory, links resolved.
 * @param field where the path stands in the request
 * @throws Problem path-not-allowed
 */
export async function allowedFile(path: string, places: FilePlaces, field: string): Promise<string> {
  await using file = await named('path-not-allowed', field, () => openAllowed(path, places));
  return file.path;
}
