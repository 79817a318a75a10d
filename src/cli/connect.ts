import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Settings } from '../config.js';
import { parseListen } from '../listen-address.js';
import { CommandError } from './exit.js';

const nobody: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOENT']);
const connectMs = 5000;
/** A service that listens on all addresses is to be had on the loopback one. */
const any: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Its certificate is in a file that client and service share: that very one is demanded, whatever name it bears. */
function demandCertificate(socket: TLSSocket, file: string): void {
  const expected = new X509Certificate(readFileSync(file));
  if (socket.getPeerX509Certificate()?.fingerprint256 === expected.fingerprint256) return;
  socket.destroy();
  throw new CommandError('unreachable', `The service does not show the certificate of ${file}.`);
}

/**
 * Connects to the service.
 * @returns undefined when nobody listens there
 * @throws CommandError when it cannot be told whether somebody does, or it is not the service
 */
export async function connect(
  listen: string,
  { tlsCert }: Pick<Settings, 'tlsCert'>,
): Promise<Socket | undefined> {
  const listening = parseListen(listen);
  const address =
    'host' in listening ? { ...listening, host: any[listening.host] ?? listening.host } : listening;
  const tls = 'host' in address && tlsCert !== undefined;
  const socket = tls ? connectTls({ ...address, rejectUnauthorized: false }) : connectPlain(address);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(connectMs) });
  } catch (error) {
    socket.destroy();
    if (nobody.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw new CommandError(
      'unreachable',
      `The service at ${listen} cannot be reached: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  if (tls) demandCertificate(socket as TLSSocket, tlsCert);
  return socket;
}
