import { signal } from '@preact/signals';
import type { ServiceEvent } from '../../schemas/event.js';

export const minuteMs = 60_000;
export const minutesShown = 60;

/** Frames that were dropped, by NIC (its VM and MAC address) and minute. */
const byNic = new Map<string, Map<number, number>>();
/** Another number when there are others. */
export const dropsVersion = signal(0);
/** Since when all drops are known: the service remembers so many events, and no more. */
export const knownSince = signal<number | undefined>(undefined);

export const nicKey = (vm: string, mac: string): string => `${vm} ${mac}`;

export function countDrops({ data, time }: ServiceEvent<'spoof.dropped'>): void {
  const key = nicKey(data.vm, data.nic);
  const minute = Math.floor(Date.parse(time) / minuteMs);
  const minutes = byNic.get(key) ?? new Map<number, number>();
  byNic.set(key, minutes);
  minutes.set(minute, (minutes.get(minute) ?? 0) + data.frames);
  for (const old of minutes.keys()) if (old <= minute - minutesShown) minutes.delete(old);
  dropsVersion.value++;
}

export function forgetDrops(): void {
  byNic.clear();
  knownSince.value = undefined;
  dropsVersion.value++;
}

/** The frames of each of the last minutes, the present one last: of one NIC, or of all. */
export function dropsUntil(now: number, key?: string): number[] {
  if (dropsVersion.value === 0) return Array.from({ length: minutesShown }, () => 0);
  const last = Math.floor(now / minuteMs);
  const of = key === undefined ? [...byNic.values()] : [byNic.get(key) ?? new Map<number, number>()];
  return Array.from({ length: minutesShown }, (_, i) => {
    const minute = last - minutesShown + 1 + i;
    return of.reduce((sum, minutes) => sum + (minutes.get(minute) ?? 0), 0);
  });
}
