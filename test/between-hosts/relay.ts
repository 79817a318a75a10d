import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Inside, TestHost } from '../hosts/index.js';

const program = `
  const { connect, createServer } = require('node:net');
  const server = createServer((socket) => {
    const to = connect(process.argv[1]);
    socket.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.pipe(to).pipe(socket);
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** Gives a host a port of its loopback that leads to a unix socket of another host. Gives the URL. */
export async function relay(host: TestHost, socket: string): Promise<{ url: string; process: Inside }> {
  const process = await host.spawn(globalThis.process.execPath, ['-e', program, socket]);
  const [port] = (await once(createInterface(process.stdout), 'line')) as [string];
  return { url: `http://127.0.0.1:${port}`, process };
}
