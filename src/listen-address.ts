import { isIP } from 'node:net';
import { SettingsError } from './settings-error.js';

export type ListenAddress = { path: string } | { host: string; port: number };

/** Takes `unix:/PATH`, `HOST:PORT` or `[IPV6]:PORT` apart. */
export function parseListen(listen: string): ListenAddress {
  if (listen.startsWith('unix:/')) return { path: listen.slice('unix:'.length) };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(listen);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535) {
    throw new SettingsError(`The address to listen on, "${listen}", is neither HOST:PORT nor unix:/PATH.`);
  }
  return { host, port };
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
