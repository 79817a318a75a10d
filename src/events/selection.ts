import { fieldProblem } from '../errors.js';
import { type EventType, eventTypes } from '../schemas/event-data.js';

export type Selection = (type: EventType) => boolean;

/** What nobody can choose not to hear. */
const always = eventTypes.filter((type) => type.startsWith('events.'));

function typesOf(name: string): EventType[] {
  const group = name.endsWith('.*') ? name.slice(0, -1) : undefined;
  return eventTypes.filter((type) => (group === undefined ? type === name : type.startsWith(group)));
}

/**
 * Reads which types are asked for: names and groups such as `vm.*`, with commas between. undefined: all.
 * @throws Problem invalid-request naming query/types
 */
export function selectionOf(types: string | undefined): Selection {
  if (types === undefined) return () => true;
  const selected = new Set(always);
  for (const name of types.split(',')) {
    const found = typesOf(name);
    if (found.length === 0) {
      const groups = [...new Set(eventTypes.map((type) => `${type.split('.')[0]}.*`))].join(', ');
      throw fieldProblem(
        'invalid-request',
        'query/types',
        `has ${JSON.stringify(name)}, which is no type of event; groups of them are ${groups}`,
      );
    }
    for (const type of found) selected.add(type);
  }
  return (type) => selected.has(type);
}
