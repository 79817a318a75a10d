import type { Connection, DomainState } from 'node-libvirt';

interface Known {
  mark: string;
  domains: readonly DomainState[];
}

/** What libvirt has last said. */
const known = new WeakMap<Connection, Known>();

/** What all domains do, as libvirt says now; the same array again while that is the same. @throws LibvirtError */
export async function readStates(connection: Connection): Promise<readonly DomainState[]> {
  const last = known.get(connection);
  const { mark, domains } = await connection.getAllDomainStates(0, last?.mark);
  // without them they are those of the mark that it was asked with
  const now = domains ?? last?.domains ?? [];
  if (domains) known.set(connection, { mark, domains });
  return now;
}
