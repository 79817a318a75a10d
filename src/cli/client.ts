import type { Socket } from 'node:net';
import { createVirtwardenClient, type Problem, type VirtwardenClient } from '../client/index.js';
import { nodeFetch } from '../client/node-fetch.js';
import type { Credentials } from './credentials.js';
import { CommandError, RefusedError } from './exit.js';

/** The service answers each request within 120 s, ms. */
const answerMs = 130_000;

/** Whether the one who asked has to mend something, or the service, or the way to it. */
const isWrongUse = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 401 && status !== 403;

/** Sends a request over a connection, which is used up, and reads all of the answer. @throws CommandError when none comes */
async function exchange(socket: Socket, request: Request, withinMs: number): Promise<Response> {
  const signal = AbortSignal.timeout(withinMs);
  try {
    const answer = await nodeFetch({ createConnection: () => socket })(new Request(request, { signal }));
    return new Response((await answer.text()) || null, answer);
  } catch (error) {
    if (signal.aborted) {
      const late = `The service did not answer within ${withinMs / 1000} s; what was asked may still come to its end.`;
      throw new CommandError('unreachable', late, { cause: error });
    }
    const { message, code } = error as NodeJS.ErrnoException;
    const plain = !('encrypted' in socket) && code === 'ECONNRESET';
    const hint = plain ? ' If it serves TLS, it has to be told so here, too: --tls-cert and --tls-key.' : '';
    throw new CommandError('unreachable', `The service did not answer: ${message}.${hint}`, { cause: error });
  }
}

function detailOf(received: string, status: number): string {
  try {
    return (JSON.parse(received) as Partial<Problem>).detail ?? `The service answered ${status}.`;
  } catch {
    return `The service answered ${status}.`;
  }
}

async function errorOf(response: Response, credentials: Credentials): Promise<CommandError> {
  const { status } = response;
  const detail = detailOf(await response.text(), status);
  if (status === 401 && 'without' in credentials)
    return new CommandError('unreachable', `${credentials.without} Without a token: ${detail}`);
  return new RefusedError(isWrongUse(status) ? 'wrongUse' : 'unreachable', detail);
}

/**
 * The client of the commands, whose calls throw a CommandError with the detail of the problem that the service answers.
 * @param connection gives a connection to the service for each request
 * @param withinMs how long an answer may take
 */
export function clientOver(
  connection: () => Promise<Socket>,
  credentials: Credentials,
  withinMs = answerMs,
): VirtwardenClient {
  const client = createVirtwardenClient({
    baseUrl: 'http://localhost',
    fetch: async (request) => exchange(await connection(), request, withinMs),
    ...('token' in credentials && { token: credentials.token }),
  });
  client.use({
    async onResponse({ response }) {
      if (!response.ok) throw await errorOf(response, credentials);
      const type = response.headers.get('content-type');
      if (response.body && !type?.startsWith('application/json'))
        throw new CommandError('unreachable', 'What listens there does not answer as virtwarden does.');
    },
  });
  return client;
}

/** What a call of that client has brought. */
export const answerOf = async <T>(call: Promise<{ data?: T }>): Promise<T> => (await call).data as T;
