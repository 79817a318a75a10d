import { spawnSync } from 'node:child_process';
import type { Socket } from 'node:net';
import { type PeerCredentials, peerCredentials } from 'node-linux';
import { SettingsError } from '../settings-error.js';
import type { Caller } from './caller.js';
import { type Granted, parseGranted } from './granted.js';

const isNumber = (text: string): boolean => /^\d{1,10}$/.test(text);

/**
 * The number of a user or group of this host, by whatever database it has them in.
 * @throws SettingsError when there is none of that name
 */
export function idOf(database: 'passwd' | 'group', name: string): number {
  if (isNumber(name)) return Number(name);
  const { status, stdout, error } = spawnSync('getent', ['--', database, name], { encoding: 'utf8' });
  if (error)
    throw new SettingsError(`getent, which knows users and groups, cannot be run: ${error.message}.`);
  const id = stdout.split(':')[2];
  const what = database === 'passwd' ? 'user' : 'group';
  if (status !== 0 || id === undefined || !isNumber(id))
    throw new SettingsError(`There is no ${what} "${name}" on this host.`);
  return Number(id);
}

interface PeerGrant extends Granted {
  fits: (peer: PeerCredentials) => boolean;
}

function grantOf(text: string): PeerGrant {
  const granted = parseGranted(text);
  if (!granted.who.startsWith('@')) {
    const user = idOf('passwd', granted.who);
    return { ...granted, fits: ({ uid }) => uid === user };
  }
  const group = idOf('group', granted.who.slice(1));
  return { ...granted, fits: ({ gid, groups }) => gid === group || groups.includes(group) };
}

/** Users of this host who are known by the socket that they have connected, without a token. */
export class Peers {
  readonly #grants: readonly PeerGrant[];
  /** As the kernel had them when they connected: the descriptor is there no longer than the connection. */
  readonly #connected = new WeakMap<Socket, PeerCredentials>();

  /**
   * @param granted `USER=ROLE` or `@GROUP=ROLE`, with names or numbers; the first that fits somebody counts
   * @throws SettingsError for a user or group that this host does not have
   */
  constructor(granted: readonly string[]) {
    this.#grants = granted.map(grantOf);
  }

  /** To be called as soon as a connection is there. */
  connected(socket: Socket): void {
    const { fd } = (socket as unknown as { _handle?: { fd: number } | null })._handle ?? { fd: -1 };
    // a connection that is gone again, or is over TCP, has nobody at its other end whom the kernel knows
    try {
      this.#connected.set(socket, peerCredentials(fd));
    } catch {
      this.#connected.delete(socket);
    }
  }

  /** The user who has connected, where the kernel knows it. */
  uidOf(socket: Socket): number | undefined {
    return this.#connected.get(socket)?.uid;
  }

  /** Who has connected, if anything was granted to that one. */
  callerOf(socket: Socket): Caller | undefined {
    const peer = this.#connected.get(socket);
    const grant = peer && this.#grants.find(({ fits }) => fits(peer));
    if (!peer || !grant) return undefined;
    const { who, role, trust } = grant;
    const name = who.startsWith('@') ? `uid ${peer.uid} of ${who}` : who;
    return { name, role, trust, via: 'peer', key: `peer:${peer.uid}` };
  }
}
