import { addon, type PeerCredentials } from './native.js';
import { systemError } from './system-error.js';

export type { PeerCredentials };

/**
 * Who connected a unix socket (SO_PEERCRED, SO_PEERGROUPS). Does not block.
 * @param fd of a connected unix socket; it stays its owner's
 * @throws Error as Node's own system errors, `code` EBADF, ENOTSOCK or, for a socket of another kind, ENODATA
 * @throws RangeError for what is no descriptor
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
export function peerCredentials(fd: number): PeerCredentials {
  if (!Number.isInteger(fd) || fd < 0 || fd > 0x7fffffff) throw new RangeError(`${fd} is no descriptor`);
  try {
    return addon.peerCredentials(fd);
  } catch (error) {
    throw systemError(error);
  }
}
