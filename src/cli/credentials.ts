import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { ClientArguments } from './settings.js';
import { CommandError } from './exit.js';

/**
 * The token to show to the service: of --token-file, VIRTWARDEN_TOKEN_FILE, VIRTWARDEN_TOKEN or the admin token file, the
 * first that is given.
 * @param socket over which the service is asked; a unix socket may say who asks
 * @returns undefined where none is given, and none may be needed
 * @throws CommandError when the file cannot be read
 */
export async function readToken(
  { tokenFile, settings }: ClientArguments,
  { remoteAddress }: Socket,
): Promise<string | undefined> {
  const { VIRTWARDEN_TOKEN: token, VIRTWARDEN_TOKEN_FILE: fileFromEnvironment } = process.env;
  const named = tokenFile ?? fileFromEnvironment;
  if (named === undefined && token) return token;
  const path = named ?? settings.adminTokenFile;
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (named === undefined && remoteAddress === undefined) return undefined;
    throw new CommandError(
      named === undefined ? 'unreachable' : 'wrongUse',
      `The token file ${path} cannot be read: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}
