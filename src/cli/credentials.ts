import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { ClientArguments } from './settings.js';
import { CommandError } from './exit.js';

/** What is shown to the service: a token, or none for a reason that says what to do. */
export type Credentials = { token: string } | { without: string };

/**
 * The token to show to the service: of --token-file, VIRTWARDEN_TOKEN_FILE, VIRTWARDEN_TOKEN or the admin token file, the
 * first that is given.
 * @param socket over which the service is asked; a unix socket may say who asks
 * @throws CommandError when the file cannot be read
 */
export async function readToken(
  { tokenFile, settings }: ClientArguments,
  { remoteAddress }: Socket,
): Promise<Credentials> {
  const { VIRTWARDEN_TOKEN: token, VIRTWARDEN_TOKEN_FILE: fileFromEnvironment } = process.env;
  const named = tokenFile ?? fileFromEnvironment;
  if (named === undefined && token) return { token };
  const path = named ?? settings.adminTokenFile;
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('it is not one token and nothing more');
    return { token: text };
  } catch (error) {
    const unreadable = `The token file ${path} cannot be read: ${(error as Error).message}.`;
    if (named !== undefined) throw new CommandError('wrongUse', unreadable, { cause: error });
    const without = `${unreadable} VIRTWARDEN_STATE_DIR says where the service has its own, --token-file or VIRTWARDEN_TOKEN give another.`;
    if (remoteAddress === undefined) return { without };
    throw new CommandError('unreachable', without, { cause: error });
  }
}
