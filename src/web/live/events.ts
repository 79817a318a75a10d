import { signal } from '@preact/signals';
import type { ServiceEvent } from '../../schemas/event.js';
import type { Told } from './bus.js';

/** How many the page keeps: the drops are counted apart. */
const most = 200;

/** What has happened, the newest first. */
export const recentEvents = signal<readonly ServiceEvent[]>([]);

export function keepEvent(event: ServiceEvent): void {
  recentEvents.value = [event, ...recentEvents.value].slice(0, most);
}

/** A VM that an event is about, where it says so. */
export const vmOf = ({ data }: Told): string | undefined =>
  'vm' in data && data.vm !== undefined ? data.vm : undefined;

/** The name of that VM: as the event has it, since it may be gone. */
export const vmNameOf = ({ data }: ServiceEvent): string | undefined =>
  'name' in data ? data.name : undefined;

/** What an event says, in short. */
export function sentenceOf({ type, data }: ServiceEvent): string {
  switch (type) {
    case 'spoof.dropped':
      return `${data.frames.toLocaleString()} forged ${data.frames === 1 ? 'frame' : 'frames'} (${data.class}) of ${data.nic} dropped`;
    case 'enforcement.drifted':
      return `${data.nic}: ${data.findings.map(({ detail }) => detail).join(' ')}`;
    case 'enforcement.restored':
      return `${data.nic} is enforced again`;
    case 'enforcement.repaired':
    case 'enforcement.repair-failed':
      return `${data.nic ?? 'The host'}: ${data.detail}`;
    case 'operation.failed':
      return `${data.kind}: ${data.detail}`;
    case 'config.changed':
      return `The policy: ${data.changed.join(', ')}`;
    case 'nic.trust-expired':
      return `${data.name}: ${data.nic} has ${data.filters.join(', ') || 'no filter'} again`;
    case 'events.lost':
      return `Some events are not known any more (${data.reason})`;
    case 'events.closed':
      return `The service ended the stream (${data.reason})`;
    case 'libvirt.connected':
      return data.again ? 'libvirt is there again' : 'libvirt is connected';
    case 'libvirt.disconnected':
      return 'libvirt is away';
    default:
      return wordsOf(data);
  }
}

/** What most events have of these; the VM's name stands before it. */
function wordsOf(data: object): string {
  const { nic, nwfilter, kind, reason } = data as Record<string, string | undefined>;
  return [nwfilter ?? kind, nic, reason].filter((word) => word !== undefined).join(', ');
}
