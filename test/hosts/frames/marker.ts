import type { Bytes } from './bytes.js';
import { broadcast } from './ethernet.js';
import { ipv4, udpDatagram } from './ipv4.js';

let markers = 0;

/** A frame like no other: legal for `src` under any filter on MACs, with a text of its own, for `isFrame` to find. */
export const marker = (src: string, dst = broadcast): Buffer =>
  ipv4(
    { src, dst },
    {
      src: '0.0.0.0',
      dst: '255.255.255.255',
      protocol: 17,
      payload: udpDatagram(68, 67, Buffer.from(`marker ${process.pid} ${++markers}.`)),
    },
  );

/**
 * A predicate: this very frame, whatever zeros fill it up. A host whose bridges call iptables (br_netfilter) cuts IP packets
 * down to their length and so takes Ethernet's padding away.
 */
export const isFrame =
  (frame: Bytes) =>
  (seen: Buffer): boolean => {
    const length = Math.min(seen.length, frame.length);
    const rest = seen.length > length ? seen.subarray(length) : frame.subarray(length);
    return seen.subarray(0, length).equals(frame.subarray(0, length)) && rest.every((byte) => byte === 0);
  };
