import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { VirtwardenClient } from '../client/index.js';
import type { Settings } from '../config.js';
import { announcedAddress, StateLock } from '../state/state-lock.js';
import { clientOver } from './client.js';
import { connect } from './connect.js';
import { CommandError } from './exit.js';
import type { ClientArguments } from './settings.js';
import { readToken } from './credentials.js';

/** How long a service may take from its start, or to its end, before it is given up, ms. */
const patienceMs = 20_000;
const pollMs = 100;

type Reached = { socket: Socket; listen: string } | { lock: StateLock };

/**
 * Reaches the service; or, when it is down, gets the right to write in its place, which keeps it from starting meanwhile.
 * @throws CommandError when neither is to be had
 */
async function reach({ settings }: ClientArguments): Promise<Reached> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const socket = await connect(settings.listen, settings);
    if (socket) return { socket, listen: settings.listen };
    const lock = await takeLock(settings.stateDir);
    if (lock) return { lock };
    // It runs, but was told another address than this command; or it is just starting, or ending.
    const elsewhere = announcedAddress(settings.stateDir);
    const there = elsewhere === undefined ? undefined : await connect(elsewhere, settings);
    if (elsewhere !== undefined && there) return { socket: there, listen: elsewhere };
    if (Date.now() > until) {
      throw new CommandError(
        'unreachable',
        `A service uses ${settings.stateDir}, but nobody listens on ${elsewhere ?? settings.listen}.`,
      );
    }
    await delay(pollMs);
  }
}

async function takeLock(stateDir: string): Promise<StateLock | undefined> {
  try {
    return await StateLock.take(stateDir, 0);
  } catch (error) {
    throw new CommandError(
      'unreachable',
      `No service listens, and its state cannot be used: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

/** Connections to the service, one for each request: that which is there already, then further ones to the same address. */
function connections(first: Socket, listen: string, settings: Settings): () => Promise<Socket> {
  let unused: Socket | undefined = first;
  return async () => {
    const socket = unused ?? (await connect(listen, settings));
    unused = undefined;
    if (socket) return socket;
    throw new CommandError('unreachable', `Nobody listens on ${listen} any more.`);
  };
}

/**
 * Does something through the service when it is up, else on its state directory in its place.
 * @throws CommandError
 */
export async function onService<T>(
  command: ClientArguments,
  online: (api: VirtwardenClient) => Promise<T>,
  offline: (stateDir: string) => T | Promise<T>,
): Promise<T> {
  const reached = await reach(command);
  if ('socket' in reached) {
    const { socket, listen } = reached;
    const credentials = await readToken(command, socket);
    return online(clientOver(connections(socket, listen, command.settings), credentials));
  }
  try {
    return await offline(command.settings.stateDir);
  } finally {
    reached.lock[Symbol.dispose]();
  }
}

/** Does something that takes the service. @throws CommandError, also when it is down */
export const throughService = <T>(
  command: ClientArguments,
  online: (api: VirtwardenClient) => Promise<T>,
): Promise<T> =>
  onService(command, online, () => {
    throw new CommandError('unreachable', 'No service runs here.');
  });
