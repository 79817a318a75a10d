import type { Server, Socket } from 'node:net';
import { placeOf } from './rates.js';

export interface ConnectionLimits {
  all: number;
  /** Of one address of the network; those on the host itself are not told apart. */
  perAddress: number;
}

const defaultLimits: ConnectionLimits = { all: 4096, perAddress: 512 };

const isLocal = (place: string): boolean =>
  place === 'socket' || place.startsWith('127.') || place === '0:0:0:0::/64';

/** Closes connections that are too many. Those that send too slowly are closed by the server's timeouts. */
export function limitConnections(server: Server, { all, perAddress } = defaultLimits): void {
  server.maxConnections = all;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const place = placeOf(socket.remoteAddress);
    if (isLocal(place)) return;
    const count = (open.get(place) ?? 0) + 1;
    open.set(place, count);
    socket.once('close', () => {
      const left = (open.get(place) ?? 1) - 1;
      if (left === 0) open.delete(place);
      else open.set(place, left);
    });
    if (count > perAddress) socket.destroy();
  });
}
