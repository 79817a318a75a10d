import { type Bytes, isFrame, marker } from './frames.js';
import type { Guest } from './guest.js';
import type { FramePredicate, Observer } from './observer.js';

export interface AttemptOptions {
  ifname?: string;
  count?: number;
  /** What to look for, where it is not the very frame that was sent. */
  sees?: FramePredicate;
  /** A frame that the NIC's filter lets pass; by default a broadcast of `mac`. */
  marker?: Bytes;
}

/**
 * Sends a frame from a guest whose own MAC is `mac`, and after it a legal marker; once the observer has the marker, gives how many
 * times it saw the frame. The way from guest to observer keeps the order, so 0 means that the frame did not come through,
 * not that it is late; and since the marker did come, the guest can send at all.
 */
export async function attempt(
  guest: Guest,
  mac: string,
  observer: Observer,
  frame: Bytes,
  options: AttemptOptions = {},
): Promise<number> {
  const { ifname = 'eth0', count = 1, sees = isFrame(frame), marker: last = marker(mac) } = options;
  const before = observer.count(sees);
  await guest.send(ifname, frame, count);
  const arrival = observer.next(isFrame(last));
  await guest.send(ifname, last);
  await arrival;
  if (observer.dropped)
    throw new Error(`the observer lost ${observer.dropped} frames: nothing can be concluded`);
  return observer.count(sees) - before;
}
