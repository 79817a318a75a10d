import { Netlink } from 'node-linux';
import type { Test } from 'tap';

/** Until the test ends, the kernel has no tables of nftables, or does not say which: it takes privileges to ask it. */
export function fakeNetlink(t: Test, error?: Error): void {
  t.capture(Netlink.prototype, 'dump', (requests: unknown[]) =>
    error ? Promise.reject(error) : Promise.resolve(requests.map(() => Buffer.alloc(0))),
  );
}
