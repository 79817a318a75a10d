import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { ProblemBody } from '../schemas/problem.js';
import type { Credentials } from './credentials.js';
import { CommandError } from './exit.js';

const answerMs = 60_000;

/** Whether the one who asked has to mend something, or the service, or the way to it. */
const isWrongUse = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 401 && status !== 403;

/**
 * Asks the service over a connection to it, which is used up.
 * @throws CommandError with the detail of the problem that it answers
 */
export async function request<T>(
  socket: Socket,
  credentials: Credentials,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const headers = {
    host: 'localhost',
    ...('token' in credentials && { authorization: `Bearer ${credentials.token}` }),
    connection: 'close',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  let status: number;
  let received: string;
  try {
    const signal = AbortSignal.timeout(answerMs);
    const outgoing = httpRequest({ createConnection: () => socket, method, path, headers, signal });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    status = answer.statusCode ?? 0;
    received = await text(answer);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const plain = !('encrypted' in socket) && code === 'ECONNRESET';
    const hint = plain ? ' If it serves TLS, it has to be told so here, too: --tls-cert and --tls-key.' : '';
    throw new CommandError('unreachable', `The service did not answer: ${message}.${hint}`, { cause: error });
  }
  if (status >= 200 && status < 300) return (received === '' ? undefined : JSON.parse(received)) as T;
  if (status === 401 && 'without' in credentials)
    throw new CommandError(
      'unreachable',
      `${credentials.without} Without a token: ${detailOf(received, status)}`,
    );
  throw new CommandError(isWrongUse(status) ? 'wrongUse' : 'unreachable', detailOf(received, status));
}

function detailOf(received: string, status: number): string {
  try {
    return (JSON.parse(received) as ProblemBody).detail;
  } catch {
    return `The service answered ${status}.`;
  }
}
