import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { VirtwardenClient } from '../client/index.js';
import type { Settings } from '../config.js';
import { announcedAddress, StateLock } from '../state/state-lock.js';
import { clientOver } from './client.js';
import { goOnAsOwner } from './as-owner.js';
import { connect } from './connect.js';
import { CommandError } from './exit.js';
import type { ClientArguments } from './settings.js';
import { readToken } from './credentials.js';

/** How long a service may take from its start, or to its end, before it is given up, ms. */
const patienceMs = 20_000;
const pollMs = 100;

interface Service {
  socket: Socket;
  listen: string;
}
type Reached = Service | { lock: StateLock };

/** The service where this command was told, or where the service itself says that it listens. */
async function findService({ settings }: ClientArguments): Promise<Service | undefined> {
  for (const listen of [settings.listen, announcedAddress(settings.stateDir)]) {
    const socket = listen === undefined ? undefined : await connect(listen, settings);
    if (listen !== undefined && socket) return { socket, listen };
  }
  return undefined;
}

/**
 * Reaches the service; or, when it is down, gets the right to write in its place, which keeps it from starting meanwhile.
 * @throws CommandError when neither is to be had
 */
async function reach(command: ClientArguments): Promise<Reached> {
  const { listen, stateDir } = command.settings;
  const until = Date.now() + patienceMs;
  for (;;) {
    const service = await findService(command);
    if (service) return service;
    goOnAsOwner(stateDir);
    const lock = await takeLock(stateDir);
    if (lock) return { lock };
    // it is just starting, or ending
    if (Date.now() > until) {
      const at = announcedAddress(stateDir) ?? listen;
      throw new CommandError('unreachable', `A service uses ${stateDir}, but nobody listens on ${at}.`);
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

async function ask<T>(
  command: ClientArguments,
  { socket, listen }: Service,
  online: (api: VirtwardenClient) => Promise<T>,
): Promise<T> {
  const credentials = await readToken(command, socket);
  return online(clientOver(connections(socket, listen, command.settings), credentials));
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
  if ('socket' in reached) return ask(command, reached, online);
  try {
    return await offline(command.settings.stateDir);
  } finally {
    reached.lock[Symbol.dispose]();
  }
}

/** Does something that takes the service; changes nothing here. @throws CommandError, also when it is down */
export async function throughService<T>(
  command: ClientArguments,
  online: (api: VirtwardenClient) => Promise<T>,
): Promise<T> {
  const service = await findService(command);
  if (service) return ask(command, service, online);
  const { listen, stateDir } = command.settings;
  throw new CommandError(
    'unreachable',
    `No service runs here: nobody listens on ${listen}, and none says in ${stateDir} that it listens elsewhere.`,
  );
}
