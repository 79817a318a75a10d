import { addon } from './native.js';
import { systemError } from './system-error.js';

/** The bytes of an address that Linux takes, apart from the zero behind a path. */
const longest = 107;

/**
 * Sends one datagram to a unix socket, from one without a name. Does not block.
 * @param address an absolute path, or `@` and an abstract name
 * @throws Error as Node's own system errors: `code` EAGAIN while the receiver's queue is full, ENOENT, ECONNREFUSED, EACCES,
 *   EPROTOTYPE for a socket of streams, EMSGSIZE
 * @throws RangeError for what is no address
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
export function sendUnixDatagram(address: string, data: Uint8Array): void {
  const isOne = /^(\/|@.)/s.test(address) && !address.includes('\0') && Buffer.byteLength(address) <= longest;
  if (!isOne) throw new RangeError(`${address} is no address of a unix socket`);
  try {
    addon.sendUnixDatagram(address, data);
  } catch (error) {
    throw systemError(error);
  }
}
