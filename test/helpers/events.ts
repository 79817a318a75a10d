import type { ServiceEvent } from '../../src/schemas/event.js';

/** What a text/event-stream says: its messages that have data. */
export function eventsIn(text: string): ServiceEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap((message) => {
      const fields = new Map(message.split('\n').map((line) => line.split(/: (.*)/) as [string, string]));
      const data = fields.get('data');
      if (data === undefined) return [];
      const event = JSON.parse(data) as ServiceEvent;
      if (event.type !== fields.get('event') || event.id !== fields.get('id')) {
        throw new Error(`the fields are not those of the event: ${message}`);
      }
      return [event];
    });
}

export const typesIn = (text: string): string[] => eventsIn(text).map(({ type }) => type);
