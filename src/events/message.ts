import type { ServiceEvent } from '../schemas/event.js';

/**
 * An event as a message of a text/event-stream; its JSON has no line breaks. It is kept for long, so its memory is its own: one out
 * of Node.js's pool keeps all 8 KiB that it is a part of.
 */
export function messageOf(event: ServiceEvent): Buffer {
  const id = event.id === undefined ? '' : `id: ${event.id}\n`;
  const text = `${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  const message = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  message.write(text);
  return message;
}

/** What a stream begins with: how long a client waits before it connects again. */
export const opening = Buffer.from('retry: 2000\n\n');

/** What is sent when nothing happens: clients show nothing of it, and know how far they are. */
export const heartbeat = (id: string): Buffer => Buffer.from(`: nothing new\nid: ${id}\n\n`);
