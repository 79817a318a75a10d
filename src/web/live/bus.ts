import type { ServiceEvent } from '../../schemas/event.js';

/** What the page has done itself with a VM: not all of it is told by an event. */
interface Touched {
  type: 'touched';
  data: { vm: string };
}
export type Told = ServiceEvent | Touched;

type Hear = (told: Told) => void;
const listeners = new Set<Hear>();

/** Has each event told; gives how to end that. */
export function onEvent(hear: Hear): () => void {
  listeners.add(hear);
  return () => void listeners.delete(hear);
}

export function tell(told: Told): void {
  for (const hear of listeners) hear(told);
}

export const touched = (vm: string): void => tell({ type: 'touched', data: { vm } });
