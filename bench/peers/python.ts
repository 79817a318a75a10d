import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Inside, TestHost } from '../../test/hosts/index.js';
import { call } from '../../test/integration/http.js';
import { answers, type Peer } from './peer.js';

// Debian's, whose packages these are; another may come first in PATH
const python = '/usr/bin/python3';

/** Runs one of the FastAPI applications here; resolves when it answers. */
async function uvicorn(host: TestHost, module: string, env: NodeJS.ProcessEnv = {}): Promise<Peer> {
  const socket = join(host.dir, `${module}.sock`);
  const args = [
    ...['-m', 'uvicorn', `${module}:app`, '--app-dir', import.meta.dirname, '--uds', socket],
    ...['--loop', 'uvloop', '--http', 'httptools', '--no-access-log', '--log-level', 'warning'],
    // a client that waits for its turn for more than five seconds is not to be cut off
    ...['--timeout-keep-alive', '600'],
  ];
  const server = await host.spawn(python, args, { env: { PYTHONDONTWRITEBYTECODE: '1', ...env } });
  server.stdout.resume();
  await answers(server, () => call(socket, 'GET', '/v1/vms'));
  return { name: module.replace('_peer', ''), socket, headers: {}, processes: [server] };
}

export const startFastapi = (host: TestHost): Promise<Peer> => uvicorn(host, 'fastapi_peer');
export const startVirsh = (host: TestHost): Promise<Peer> => uvicorn(host, 'virsh_peer');

/** Whoever is on this bus may do anything there: nobody else is. */
const busConfig = (socket: string): string => `<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>`;

/** Starts libvirt-dbus on a bus of its own, which takes the place of the system's, and who asks it. */
export async function startDbus(host: TestHost): Promise<Peer> {
  const socket = join(host.dir, 'bus');
  const config = join(host.dir, 'bus.conf');
  await writeFile(config, busConfig(socket));
  const start = async (command: string, args: string[], env?: NodeJS.ProcessEnv): Promise<Inside> => {
    const process = await host.spawn(command, args, { env, stderr: 'pipe' });
    process.stdout.resume();
    process.stderr?.resume();
    return process;
  };
  const env = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
  const bus = await start('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile']);
  const isOnBus = (name: string): Promise<string> =>
    host.run(python, ['-c', `import dbus; assert dbus.SystemBus().name_has_owner('${name}')`], { env });
  const up = (process: Inside, name: string): Promise<void> =>
    answers(process, async () => ({ status: (await isOnBus(name)) === '' ? 200 : 0 }));
  await up(bus, 'org.freedesktop.DBus');
  const daemon = await start('libvirt-dbus', ['--system'], env);
  await up(daemon, 'org.libvirt');
  const peer = await uvicorn(host, 'dbus_peer', env);
  return { ...peer, name: 'libvirt-dbus', processes: [...peer.processes, daemon, bus] };
}
