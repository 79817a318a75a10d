import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { service } from '../../scripts/lib/service.mjs';
import { guestImage, type TestHost } from '../../test/hosts/index.js';
import { call } from '../../test/integration/http.js';
import { answers, type Peer } from './peer.js';

export const serviceName = 'virtwarden';

/** Starts the built service; resolves when it is ready. @param nodeArgs more of Node.js's own arguments */
export async function startService(host: TestHost, nodeArgs: readonly string[] = []): Promise<Peer> {
  const socket = join(host.dir, 'service.sock');
  const stateDir = join(host.dir, 'state');
  const { dir } = await guestImage();
  const server = await host.spawn(service.program, [...nodeArgs, ...service.args], {
    env: {
      ...service.env,
      VIRTWARDEN_LISTEN: `unix:${socket}`,
      VIRTWARDEN_STATE_DIR: stateDir,
      VIRTWARDEN_IMAGE_DIRS: dir,
      VIRTWARDEN_REQUESTS_PER_MINUTE: '1000000000',
      // the peers do not log each request either, and that it is not ready yet is asked often
      VIRTWARDEN_LOG_LEVEL: 'fatal',
    },
  });
  server.stdout.resume();
  await answers(server, () => call(socket, 'GET', '/readyz'));
  const token = (await readFile(join(stateDir, 'admin.token'), 'utf8')).trim();
  return {
    name: serviceName,
    socket,
    headers: { authorization: `Bearer ${token}` },
    processes: [server],
  };
}
