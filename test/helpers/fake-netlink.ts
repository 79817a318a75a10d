import { Netlink, textAttribute } from 'node-linux';
import type { Test } from 'tap';

/** Until the test ends, the kernel has no tables of nftables, or does not say which: it takes privileges to ask it. */
export function fakeNetlink(t: Test, error?: Error): void {
  t.capture(Netlink.prototype, 'dump', (requests: unknown[]) =>
    error ? Promise.reject(error) : Promise.resolve(requests.map(() => Buffer.alloc(0))),
  );
}

/** What the kernel says of itself in a message. */
export interface FakeMessage {
  table: string;
  generation?: number;
  dormant?: boolean;
}

/** A message of a table, or of what belongs to one, of the family netdev. */
function messageOf({ table, generation = 1, dormant = false }: FakeMessage): Buffer {
  const flags = Buffer.from([8, 0, 2, 0, 0, 0, 0, dormant ? 1 : 0]);
  const body = Buffer.concat([Buffer.from([5, 0, 0, 0]), textAttribute(1, table), flags]);
  body.writeUInt16BE(generation, 2);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(header.length + body.length);
  return Buffer.concat([header, body]);
}

/** Until the test ends, the kernel says this of tables, chains, sets and rules, as far as it is asked for. */
export function fakeTables(t: Test, answers: readonly (readonly FakeMessage[])[]): void {
  t.capture(Netlink.prototype, 'dump', (requests: unknown[]) =>
    // a buffer of its own for every answer, as from the kernel: who asks may write in it
    Promise.resolve(requests.map((_, i) => Buffer.concat((answers[i] ?? []).map(messageOf)))),
  );
}
