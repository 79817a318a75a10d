import type { ServiceEvent } from '../schemas/event.js';

/** An event as a message of a text/event-stream; its JSON has no line breaks. */
export function messageOf(event: ServiceEvent): Buffer {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  return Buffer.from(`${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

/** What a stream begins with: how long a client waits before it connects again. */
export const opening = Buffer.from('retry: 2000\n\n');

/** What is sent when nothing happens: clients show nothing of it, and know how far they are. */
export const heartbeat = (id: string): Buffer => Buffer.from(`: nothing new\nid: ${id}\n\n`);
