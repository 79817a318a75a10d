import { chmodSync, chownSync, lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { idOf } from './access/peers.js';
import type { Settings } from './config.js';
import { SettingsError } from './settings-error.js';

/** Whether something is there. @throws SettingsError when it is no socket */
function isSocket(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isSocket() === false) throw new SettingsError(`${path} is there and is no socket.`);
  return found !== undefined;
}

/**
 * Takes away a socket that nobody listens on any more.
 * @throws SettingsError when somebody does, or it is something else
 */
async function removeStale(path: string): Promise<void> {
  if (!isSocket(path)) return;
  const taken = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    // whoever is busy, or lets others in, listens as well
    probe.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
  });
  if (taken) throw new SettingsError(`Something listens on ${path} already.`);
  rmSync(path, { force: true });
}

/**
 * Listens on a unix socket that only those may connect whom the settings let. Until it has its mode and group, its owner alone may.
 * @throws SettingsError, or an error of the path
 */
export async function listenOnSocket(
  path: string,
  { socketMode, socketGroup }: Pick<Settings, 'socketMode' | 'socketGroup'>,
  listen: () => Promise<unknown>,
): Promise<void> {
  const group = socketGroup === undefined ? undefined : idOf('group', socketGroup);
  await removeStale(path);
  // Who may write to a socket may connect it; what else is made meanwhile is to be as readable as it ever is.
  const before = process.umask(0o022);
  try {
    await listen();
  } finally {
    process.umask(before);
  }
  try {
    if (group !== undefined) chownSync(path, -1, group);
  } catch (error) {
    throw new SettingsError(
      `${path} cannot be given to the group ${socketGroup ?? ''}: ${(error as Error).message}.`,
    );
  }
  chmodSync(path, Number.parseInt(socketMode, 8));
}
