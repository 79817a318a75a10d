import { readdirSync, readlinkSync } from 'node:fs';
import t from 'tap';
import { startHost } from '../../../test/hosts/index.js';
import * as lv from '../../lib/index.js';
import { Collector, failure } from '../helpers.js';

const workers = 5;
/** How many sockets this process has. */
const sockets = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;

await t.test('a daemon that hangs: keepalive turns calls in flight into errors', async (t) => {
  await using host = await startHost();
  const before = sockets();
  const connection = await lv.Connection.open(host.uri, {
    maxInFlight: workers,
    keepAlive: { interval: 1, count: 2 },
  });
  const load = (): Promise<unknown>[] =>
    Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? connection.listAllDomains() : connection.nwfilterDefineXMLFlags('<filter name="x"/>'),
    );
  // Each worker opens a link of its own when it first has work; what opens has no keepalive yet.
  while (sockets() < before + workers) await Promise.allSettled(load());
  const reasons = new Collector<number>();
  connection.onClose(reasons.add);
  await host.libvirtd.kill('SIGSTOP');
  const outcomes = await Promise.all(load().map((call) => failure(call)));
  for (const error of outcomes) {
    t.ok(error instanceof lv.LibvirtError);
    t.ok(error.code > 0 && error.domain > 0 && error.message !== '', JSON.stringify(error));
  }
  t.strictSame(await reasons.until((items) => items.length > 0), [lv.VIR_CONNECT_CLOSE_REASON_KEEPALIVE]);
  t.equal(await connection.isAlive(), false);
  t.equal(connection.closed, false);
  t.ok((await failure(connection.getHostname())) instanceof lv.LibvirtError);
  t.equal(await connection.close(), 0);
  await host.libvirtd.kill('SIGCONT');
  await using again = await lv.Connection.open(host.uri);
  t.equal(await again.isAlive(), true);
});

await t.test('a daemon that hangs before the connection has all its links', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri, { keepAlive: { interval: 1, count: 2 } });
  await host.libvirtd.kill('SIGSTOP');
  const calls = Array.from({ length: 20 }, () => failure(connection.listAllDomains()));
  t.ok((await Promise.all(calls)).every((error) => error instanceof lv.LibvirtError && error.code > 0));
  // Opening has no keepalive yet: such a link is counted as left, and not waited for.
  t.ok((await connection.close()) <= 4);
  await host.libvirtd.kill('SIGCONT');
  await using again = await lv.Connection.open(host.uri);
  t.equal(await again.isAlive(), true);
});

await t.test('a daemon that is killed', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri);
  const reasons = new Collector<number>();
  connection.onClose(reasons.add);
  const off = connection.onClose(() => {
    t.fail('this listener was taken off');
  });
  off();
  const subscription = await connection.domainEventRegister('lifecycle', () => undefined);
  const filter = await connection.lookupNWFilterByName('no-mac-spoofing');
  await host.libvirtd.kill('SIGKILL');
  await reasons.until((items) => items.length > 0);
  t.ok([lv.VIR_CONNECT_CLOSE_REASON_EOF, lv.VIR_CONNECT_CLOSE_REASON_ERROR].includes(reasons.items[0] ?? -1));
  const error = await failure(filter.getXMLDesc());
  t.ok(error instanceof lv.LibvirtError);
  t.ok(error.code > 0 && error.message !== '');
  t.ok((await failure(connection.getAllDomainsXML())) instanceof lv.LibvirtError);
  t.ok((await failure(subscription.close())) instanceof lv.LibvirtError);
  t.equal(await connection.close(), 0);
  t.equal(reasons.items.length, 1);
  await host.libvirtd.start();
  await using again = await lv.Connection.open(host.uri);
  t.ok((await again.getAllNWFiltersXML()).length > 5);
});

await t.test('closing while the daemon hangs waits for it, and events do not get in the way', async (t) => {
  await using host = await startHost();
  const connection = await lv.Connection.open(host.uri, { keepAlive: { interval: 1, count: 2 } });
  await connection.domainEventRegister('lifecycle', () => undefined);
  const domains = connection.listAllDomains();
  await host.libvirtd.kill('SIGSTOP');
  const late = connection.listAllNWFilters().catch((error: unknown) => error);
  const closing = connection.close();
  await domains.catch(() => undefined);
  t.ok((await late) instanceof lv.LibvirtError);
  t.ok((await closing) <= 4);
  await host.libvirtd.kill('SIGCONT');
});
