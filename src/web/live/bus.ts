import type { ServiceEvent } from '../../schemas/event.js';

type Hear = (event: ServiceEvent) => void;
const listeners = new Set<Hear>();

/** Has each event told; gives how to end that. */
export function onEvent(hear: Hear): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

export function tell(event: ServiceEvent): void {
  for (const hear of listeners) hear(event);
}
