import { createConnection } from 'node:net';

/** For how long an answer may take, ms: longer than any deadline of the service. */
const longestMs = 120_000;

const isStream = /^HTTP\/1\.1 200 [^]*\r\ncontent-type: text\/event-stream/i;

export interface Received {
  bytes: Buffer;
  /** It is a stream of events, which has no end: nothing but its head was waited for. */
  isStream: boolean;
}

/**
 * Sends bytes over a connection of their own and gives all that comes back until it is closed.
 * @param endsEarly closes its own half once they are sent
 * @throws Error when nothing ends the connection in two minutes, or nobody listens
 */
export function send(socketPath: string, bytes: Buffer, endsEarly: boolean): Promise<Received> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: socketPath, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    let connected = false;
    const done = (isStream: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), isStream });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(`no answer in ${longestMs / 1000} s; so far ${Buffer.concat(chunks).toString('latin1')}`),
      );
    }, longestMs);
    socket.on('connect', () => {
      connected = true;
      if (endsEarly) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.length === 1 && isStream.test(chunk.toString('latin1'))) done(true);
    });
    socket.on('end', () => done(false));
    // One who refuses a body closes before all of it is sent: what was answered counts.
    socket.on('error', (error) => {
      if (connected) done(false);
      else {
        clearTimeout(timer);
        reject(error);
      }
    });
  });
}
