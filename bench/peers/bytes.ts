import { join } from 'node:path';
import type { TestHost } from '../../test/hosts/index.js';
import { call } from '../../test/integration/http.js';
import { answers, type Peer } from './peer.js';

/** Starts a server that does nothing but send bytes which it was given: what is left when nothing has to be found out. */
export async function startBytes(host: TestHost): Promise<Peer> {
  const socket = join(host.dir, 'bytes.sock');
  const program = join(import.meta.dirname, 'bytes-server.mjs');
  const server = await host.spawn(process.execPath, [program, socket]);
  server.stdout.resume();
  await answers(server, () => call(socket, 'GET', '/'));
  return { name: 'bytes alone', socket, headers: {}, processes: [server] };
}
