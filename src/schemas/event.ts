import Type from 'typebox';
import { type EventData, eventData, type EventType } from './event-data.js';

const id = Type.Optional(
  Type.String({ description: 'to be sent back as Last-Event-ID; events.closed has none' }),
);
const time = Type.String({ format: 'date-time' });

/** What a message of GET /v1/events has as its data. */
export const ServiceEvent = Type.Union(
  Object.entries(eventData).map(([type, data]) =>
    Type.Object({ id, type: Type.Literal(type), time, data }, { title: type }),
  ),
  { $id: 'Event', description: 'The data of a server-sent event; its field "event" is the type.' },
);
/** An event of one type, or of any. */
export type ServiceEvent<K extends EventType = EventType> = {
  [T in K]: { id?: string; type: T; time: string; data: EventData<T> };
}[K];
