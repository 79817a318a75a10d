import { isIP } from 'node:net';
import { fieldProblem, type Problem } from '../errors.js';

/** Ways to another host. Others of libvirt's run a program that the URI names. */
const transports: ReadonlySet<string> = new Set(['tls', 'tcp', 'ssh', 'libssh', 'libssh2', 'unix']);
/** No name may look like an option of ssh(1). */
const hostName = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const userName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

const wrong = (message: string): Problem => fieldProblem('invalid-request', '/destinationUri', message);

const isHost = (name: string): boolean =>
  hostName.test(name) || (name.startsWith('[') && isIP(name.slice(1, -1)) === 6);

/**
 * Reads where libvirt is on another host. libvirt's URIs can also name programs and files of this one, and switch off the proof
 * of who is there: those are refused.
 * @returns the URI's host; undefined for a socket of this host
 * @throws Problem invalid-request
 */
export function destinationHost(uri: string): string | undefined {
  if (!URL.canParse(uri)) throw wrong('is not a URI');
  const { protocol, hostname, username, password, pathname, hash, searchParams } = new URL(uri);
  const [driver, transport, ...more] = protocol.slice(0, -1).split('+');
  if (driver !== 'qemu' || transport === undefined || more.length > 0 || !transports.has(transport))
    throw wrong(`must begin with qemu+ and one of ${[...transports].join(', ')}`);
  if (pathname !== '/system') throw wrong('must end with /system: sessions of users have no network filters');
  if (password !== '' || hash !== '') throw wrong('must have neither a password nor a fragment');
  if (transport === 'unix') {
    const names = [...searchParams.keys()];
    if (hostname !== '' || names.length !== 1 || !searchParams.get('socket')?.startsWith('/'))
      throw wrong('must be qemu+unix:///system?socket=/PATH where it names a socket');
    return undefined;
  }
  if (searchParams.size > 0) throw wrong('may have no parameters');
  if (!isHost(hostname)) throw wrong('must name the host');
  if (username !== '' && (!userName.test(username) || !transport.includes('ssh')))
    throw wrong('may name a user only for ssh');
  return hostname;
}
