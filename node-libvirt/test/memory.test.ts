import t from 'tap';
import type { Connection } from '../lib/index.js';
import { collect, failure, open } from './helpers.js';

// The first half is the warm-up: V8 lets its heap grow for a while, and by version differently.
const mebibyte = 2 ** 20;

/** The least of several readings: the heap's ups and downs are not what is asked for, and a leak raises the least, too. */
async function residentAfter(rounds: number, round: (i: number) => Promise<unknown>): Promise<number> {
  const readings: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await round(i);
    if (i % (rounds / 5) !== 0) continue;
    await collect();
    readings.push(process.memoryUsage.rss());
  }
  return Math.min(...readings.slice(1));
}

async function calls(connection: Connection, each: number): Promise<void> {
  const work: Promise<unknown>[] = [];
  for (let i = 0; i < each / 5; i++) {
    work.push(
      connection.getHostname(),
      connection.lookupDomainByName('test').then((domain) => domain.getXMLDesc()),
      failure(connection.lookupDomainByName('none')),
      connection.getAllDomainsXML(),
    );
  }
  await Promise.all(work);
}

await t.test('100,000 calls', async (t) => {
  await using connection = await open();
  const before = await residentAfter(250, () => calls(connection, 200));
  const after = await residentAfter(250, () => calls(connection, 200));
  t.comment(`${Math.round(before / mebibyte)} MiB, then ${Math.round(after / mebibyte)} MiB`);
  t.ok(after - before < 20 * mebibyte, `${(after - before) / mebibyte} MiB more`);
});

await t.test('10,000 times open and close', async (t) => {
  // One connection stays, so that the test driver keeps its host.
  const keeper = await open();
  const opening = async (): Promise<void> => {
    const connections = await Promise.all(Array.from({ length: 10 }, () => open()));
    await Promise.all(
      connections.map((connection) => connection.domainEventRegister('lifecycle', () => undefined)),
    );
    const left = await Promise.all(connections.map((connection) => connection.close()));
    if (left.some((references) => references !== 0)) t.fail(`references left: ${left.join(' ')}`);
  };
  const before = await residentAfter(500, opening);
  const after = await residentAfter(500, opening);
  t.comment(`${Math.round(before / mebibyte)} MiB, then ${Math.round(after / mebibyte)} MiB`);
  t.ok(after - before < 20 * mebibyte, `${(after - before) / mebibyte} MiB more`);
  t.equal(await keeper.close(), 0);
});
