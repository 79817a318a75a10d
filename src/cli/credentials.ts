import { readFile } from 'node:fs/promises';
import type { ClientArguments } from './settings.js';
import { CommandError } from './exit.js';

/**
 * The token to show to the service: of --token-file, VIRTWARDEN_TOKEN_FILE, VIRTWARDEN_TOKEN or the admin token file, the
 * first that is given.
 * @throws CommandError when the file cannot be read
 */
export async function readToken({ tokenFile, settings }: ClientArguments): Promise<string> {
  const { VIRTWARDEN_TOKEN: token, VIRTWARDEN_TOKEN_FILE: fileFromEnvironment } = process.env;
  const named = tokenFile ?? fileFromEnvironment;
  if (named === undefined && token) return token;
  const path = named ?? settings.adminTokenFile;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new CommandError(
      named === undefined ? 'unreachable' : 'wrongUse',
      `The token file ${path} cannot be read: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}
