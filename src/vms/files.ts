import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { fieldProblem } from '../errors.js';

async function resolveDirs(directories: readonly string[]): Promise<string[]> {
  const resolved = await Promise.allSettled(directories.map((directory) => realpath(directory)));
  return resolved.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

/**
 * The real path of a file that a VM may use: a regular file in an allowed directory, links resolved.
 * @param field where the path stands in the request
 * @throws Problem path-not-allowed
 */
export async function allowedFile(
  path: string,
  directories: readonly string[],
  field: string,
): Promise<string> {
  const allowed = await resolveDirs(directories);
  let real: string;
  try {
    real = await realpath(path);
  } catch {
    // the same words whether it is missing or elsewhere: a caller is not to find out which files the host has
    throw notAllowed(field, directories);
  }
  const within = (directory: string) =>
    real.startsWith(directory.endsWith(sep) ? directory : directory + sep);
  if (!allowed.some(within)) throw notAllowed(field, directories);
  if (!(await stat(real)).isFile()) throw fieldProblem('path-not-allowed', field, 'is not a regular file');
  return real;
}

const notAllowed = (field: string, directories: readonly string[]) =>
  fieldProblem(
    'path-not-allowed',
    field,
    `is not a file in an allowed directory (${directories.join(', ')})`,
  );
