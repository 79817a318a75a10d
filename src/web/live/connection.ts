import { signal } from '@preact/signals';
import type { ServiceEvent } from '../../schemas/event.js';
import { authorization } from '../api/client.js';
import { letInNoMore } from '../api/session.js';
import { messagesOf } from './messages.js';

/** How the page hears of what happens; lost: since when it has not. */
export type Connection = { state: 'connecting' | 'live' } | { state: 'lost'; since: number };
export const connection = signal<Connection>({ state: 'connecting' });

/** The service says something every 15 s. */
const silenceMs = 40_000;
const pausesMs = [1000, 2000, 4000, 8000, 15_000];

export interface Listener {
  /** From now on each event comes: what is read after this is not missed. */
  onLive: () => void;
  onEvent: (event: ServiceEvent) => void;
}

let wake: (() => void) | undefined;
/** Does not wait for the next attempt. */
export const tryNow = (): void => wake?.();

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
  });
}

/**
 * Reads the events until it is cut off. EventSource would do much of this by itself, but shows no token.
 * @returns the id of the last event
 */
async function read(lastId: string, signal: AbortSignal, { onLive, onEvent }: Listener): Promise<string> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silenceMs);
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), silenceMs);
  };
  let last = lastId;
  try {
    const response = await fetch('/v1/events', {
      headers: { ...authorization(), 'last-event-id': lastId },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silent.signal]),
    });
    if (response.status === 401) letInNoMore();
    if (!response.ok || !response.body) return last;
    connection.value = { state: 'live' };
    onLive();
    for await (const { id, data } of messagesOf(response.body, heard)) {
      last = id ?? last;
      if (data !== undefined) onEvent(JSON.parse(data) as ServiceEvent);
    }
  } catch {
    // cut off, or never connected: the caller sees that it has ended
  } finally {
    clearTimeout(timer);
  }
  return last;
}

/** Says so, and waits before the next attempt. */
function lost(ms: number, signal: AbortSignal): Promise<void> {
  const before = connection.value;
  const since = before.state === 'lost' ? before.since : Date.now();
  connection.value = { state: 'lost', since };
  return pause(ms, signal);
}

const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** Reads the events for as long as somebody is signed in, from all that the service remembers on. */
export async function listen(listener: Listener, signal: AbortSignal): Promise<void> {
  connection.value = { state: 'connecting' };
  let lastId = '0';
  for (let failures = 0; !signal.aborted; failures++) {
    lastId = await read(lastId, signal, {
      ...listener,
      onLive: () => {
        failures = 0;
        listener.onLive();
      },
    });
    if (isOver(signal)) return;
    await lost(pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 1000, signal);
  }
}

addEventListener('online', tryNow);
