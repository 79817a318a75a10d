import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { EventBus } from '../../src/events/bus.js';
import { EventReader } from '../../src/events/reader.js';
import { EventReaders } from '../../src/events/readers.js';
import { selectionOf } from '../../src/events/selection.js';
import { eventsIn, typesIn } from '../helpers/events.js';

const limits = { count: 10, bytes: 100_000, largest: 20_000 };
const busWith = (count: number) => {
  const bus = new EventBus({ boot: 'b', limits });
  for (let i = 0; i < count; i += 1) publish(bus);
  return bus;
};
const publish = (bus: EventBus, size = 1) => bus.publish('nwfilter.defined', { nwfilter: 'x'.repeat(size) });
const all = () => true;

/** All that a reader gets from now on. */
function taken(reader: EventReader): () => Promise<string> {
  let text = '';
  reader.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return async () => {
    for (let i = 0; i < 5; i += 1) await setImmediate();
    return text;
  };
}

await t.test('what is kept comes first, then what happens, in order', async (t) => {
  const bus = busWith(3);
  const reader = new EventReader(bus, all, bus.after('b-1'));
  const text = taken(reader);
  publish(bus);
  t.match(await text(), /^retry: \d+\n\n/);
  publish(bus);
  t.strictSame(
    eventsIn(await text()).map(({ id }) => id),
    ['b-2', 'b-3', 'b-4', 'b-5'],
  );
});

await t.test('what is lost is said first, and where it goes on', async (t) => {
  const bus = busWith(12);
  const text = taken(new EventReader(bus, all, bus.after('b-1')));
  const [lost, ...rest] = eventsIn(await text());
  t.match(lost, { id: 'b-2', type: 'events.lost', data: { reason: 'expired', count: 1 } });
  t.match(rest[0], { id: 'b-3' });
  t.equal(rest.length, 10);
});

await t.test('only the types that are asked for, and what was lost', async (t) => {
  const bus = busWith(1);
  const text = taken(new EventReader(bus, selectionOf('libvirt.*,nwfilter.deleted'), bus.after('b-0')));
  bus.publish('libvirt.connected', { again: false });
  bus.publish('config.changed', { changed: [], config: {} as never });
  bus.publish('nwfilter.deleted', { nwfilter: 'x' });
  bus.publish('events.lost', { reason: 'libvirt', count: 1 });
  t.strictSame(typesIn(await text()), ['libvirt.connected', 'nwfilter.deleted', 'events.lost']);
});

await t.test('unknown types are refused', (t) => {
  for (const types of ['', 'vm', 'vm.', 'vm.x', 'vm.*,', '*', 'vm.started, vm.stopped', 'VM.*', '.*'])
    t.throws(() => selectionOf(types), { type: 'invalid-request', errors: [{ path: 'query/types' }] }, types);
  t.end();
});

await t.test('a heartbeat says how far it is, also past what was not asked for', async (t) => {
  const bus = busWith(0);
  const reader = new EventReader(bus, selectionOf('vm.*'), bus.after(undefined));
  const text = taken(reader);
  publish(bus);
  await text();
  reader.beat();
  t.match(await text(), /\n\n: .*\nid: b-1\n\n$/);
  t.strictSame(eventsIn(await text()), []);
});

await t.test('a reader that falls behind what is kept is told, and ended', async (t) => {
  const bus = busWith(0);
  const reader = new EventReader(bus, all, bus.after(undefined));
  for (let i = 0; i < 20; i += 1) publish(bus, 10_000); // nobody reads
  t.equal(reader.readableLength < 50_000, true, 'what it holds itself is bounded');
  const text = await taken(reader)();
  const last = eventsIn(text).at(-1);
  t.match(last, { type: 'events.closed', data: { reason: 'slow' } });
  t.notOk('id' in (last ?? {}));
  t.equal(reader.readableEnded, true);
});

await t.test('one that takes nothing is ended after some heartbeats', async (t) => {
  const bus = busWith(0);
  const reader = new EventReader(bus, all, bus.after(undefined));
  reader.read(0);
  await setImmediate();
  publish(bus, 18_000);
  for (let i = 0; i < 3; i += 1) reader.beat();
  t.equal(reader.readableLength < 20_000, true, 'heartbeats do not pile up');
  reader.beat();
  t.strictSame(typesIn(await taken(reader)()), ['nwfilter.defined', 'events.closed']);
});

await t.test('one caller does not take the places of all', (t) => {
  const readers = new EventReaders(busWith(0), { count: 3, perCaller: 2, endMs: 20 });
  const open = (caller: string) =>
    readers.open({
      selected: all,
      lastEventId: undefined,
      caller,
      isAllowed: all,
      response: new PassThrough(),
    });
  open('a');
  open('a');
  t.throws(() => open('a'), { message: /2 readers of the events are this caller's/ });
  open('b');
  t.equal(readers.count, 3);
  t.end();
});

await t.test('who may read no more is told so, and ended', async (t) => {
  const bus = busWith(0);
  const readers = new EventReaders(bus);
  let allowed = true;
  const request = { selected: all, lastEventId: undefined, caller: 'x', response: new PassThrough() };
  const reader = readers.open({ ...request, isAllowed: () => allowed });
  const other = readers.open({ ...request, isAllowed: () => true });
  const take = taken(reader);
  readers.cutOff();
  allowed = false;
  readers.cutOff();
  publish(bus, 1);
  t.match(eventsIn(await take()), [{ type: 'events.closed', data: { reason: 'unauthorized' } }]);
  t.strictSame(typesIn(await taken(other)()), ['nwfilter.defined'], 'nobody else is');
});

await t.test('so many readers and no more; a place is free when the connection is gone', async (t) => {
  const bus = busWith(0);
  const readers = new EventReaders(bus, { count: 2, perCaller: 2, endMs: 20 });
  const responses = [new PassThrough(), new PassThrough(), new PassThrough()] as const;
  const open = (response: PassThrough, caller = 'x') =>
    readers
      .open({ selected: all, lastEventId: undefined, caller, isAllowed: () => true, response })
      .pipe(response);
  open(responses[0]);
  open(responses[1]);
  t.throws(() => open(responses[2]), { message: /2 readers/ });
  responses[0].destroy();
  await setImmediate();
  t.equal(readers.count, 1);
  open(responses[2]);
  t.equal(readers.count, 2);
  readers.beat();

  readers.finish();
  t.match(typesIn(String(responses[1].read())), ['events.closed']);
  await new Promise((resolve) => responses[2].once('close', resolve));
  t.equal(readers.count, 0, 'those that do not take the end are cut off');
  const late = readers.open({
    selected: all,
    lastEventId: undefined,
    caller: 'x',
    isAllowed: () => true,
    response: new PassThrough(),
  });
  t.match(eventsIn(await taken(late)()), [{ type: 'events.closed', data: { reason: 'shutdown' } }]);
});
