import { setTimeout } from 'node:timers/promises';
import { type Answer, call } from '../../test/integration/http.js';
import type { Inside } from '../../test/hosts/index.js';

/** Somebody who answers over HTTP what is asked about a host's VMs. */
export interface Peer {
  name: string;
  /** Where it listens. */
  socket: string;
  /** Headers that a request to it needs. */
  headers: Record<string, string>;
  /** Its processes, the one that is asked first. */
  processes: readonly Inside[];
}

export const request = <T>(
  { socket, headers }: Peer,
  method: string,
  path: string,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<Answer<T>> => call<T>(socket, method, path, { body, headers: { ...headers, ...more } });

/** Ends its processes, the one that is asked first. */
export async function stop({ processes }: Peer): Promise<void> {
  for (const process of processes) {
    process.kill('SIGTERM');
    await process.ended;
  }
}

const patienceMs = 30_000;
/** Between two questions whether it is ready: to answer them all the time takes long itself. */
const pauseMs = 10;

/**
 * Waits until a server answers with 200.
 * @throws Error when it ends, or does not do so in half a minute
 */
export async function answers(server: Inside, ask: () => Promise<{ status: number }>): Promise<void> {
  const ended = server.ended.then(() => true);
  const until = performance.now() + patienceMs;
  for (;;) {
    const status = await ask().then(
      (answer) => answer.status,
      (error: unknown) => String(error), // it does not listen yet
    );
    if (status === 200) return;
    const over = await Promise.race([ended, setTimeout(pauseMs, false)]);
    if (over || performance.now() > until) throw new Error(`a server did not get ready: ${status}`);
  }
}
