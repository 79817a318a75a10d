import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { announcedAddress, StateLock } from '../state/state-lock.js';
import { request } from './client.js';
import { connect } from './connect.js';
import { CommandError } from './exit.js';
import type { ClientArguments } from './settings.js';
import { readToken } from './credentials.js';

/** How long a service may take from its start, or to its end, before it is given up, ms. */
const patienceMs = 20_000;
const pollMs = 100;

type Reached = { socket: Socket } | { lock: StateLock };

/**
 * Reaches the service; or, when it is down, gets the right to write in its place, which keeps it from starting meanwhile.
 * @throws CommandError when neither is to be had
 */
async function reach({ settings }: ClientArguments): Promise<Reached> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const socket = await connect(settings.listen, settings);
    if (socket) return { socket };
    const lock = await takeLock(settings.stateDir);
    if (lock) return { lock };
    // It runs, but was told another address than this command; or it is just starting, or ending.
    const elsewhere = announcedAddress(settings.stateDir);
    const there = elsewhere === undefined ? undefined : await connect(elsewhere, settings);
    if (there) return { socket: there };
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

/**
 * Does something through the service when it is up, else on its state directory in its place.
 * @throws CommandError
 */
export async function onService<T>(
  command: ClientArguments,
  online: (ask: (method: string, path: string, body?: unknown) => Promise<T>) => Promise<T>,
  offline: (stateDir: string) => T | Promise<T>,
): Promise<T> {
  const reached = await reach(command);
  if ('socket' in reached) {
    const credentials = await readToken(command, reached.socket);
    return online((method, path, body) => request<T>(reached.socket, credentials, method, path, body));
  }
  try {
    return await offline(command.settings.stateDir);
  } finally {
    reached.lock[Symbol.dispose]();
  }
}
