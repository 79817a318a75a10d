import t from 'tap';
import { EventBus } from '../../src/events/bus.js';
import { formatId, newBoot, parseId } from '../../src/events/id.js';
import { eventsIn } from '../helpers/events.js';

const limits = { count: 3, bytes: 10_000, largest: 1000 };
const filled = (count: number, boot = 'boot') => {
  const bus = new EventBus({ boot, limits });
  for (let i = 1; i <= count; i += 1) bus.publish('nwfilter.defined', { nwfilter: `f${i}` });
  return bus;
};

await t.test('an event as it is sent', (t) => {
  const message = filled(1).at(1)?.message.toString() ?? '';
  t.match(message, /^id: boot-1\nevent: nwfilter\.defined\ndata: [^\n]+\n\n$/);
  t.match(eventsIn(message), [
    { id: 'boot-1', type: 'nwfilter.defined', time: /^\d{4}-.*Z$/, data: { nwfilter: 'f1' } },
  ]);
  t.end();
});

await t.test('the oldest go when there are too many', (t) => {
  const bus = filled(5);
  t.match(bus.range, { first: 3, next: 6 });
  t.equal(bus.at(2), undefined);
  t.match(bus.at(3)?.message.toString(), /f3/);
  t.equal(bus.at(6), undefined);
  t.end();
});

await t.test('or too much', (t) => {
  const bus = new EventBus({ limits: { count: 1000, bytes: 5000, largest: 2000 } });
  for (let i = 0; i < 100; i += 1) bus.publish('nwfilter.defined', { nwfilter: 'x'.repeat(1000) });
  const { first, next } = bus.range;
  t.equal(next, 101);
  t.ok(next - first === 4, `${next - first} are kept`);
  t.end();
});

await t.test('one that is too large is said to be', (t) => {
  const bus = filled(0);
  bus.publish('nwfilter.defined', { nwfilter: 'x'.repeat(1000) });
  t.match(eventsIn(bus.at(1)?.message.toString() ?? ''), [
    { id: 'boot-1', type: 'events.lost', data: { reason: 'too-large', count: 1, type: 'nwfilter.defined' } },
  ]);
  t.equal(bus.range.next, 2);
  t.end();
});

await t.test('where one reads on', (t) => {
  const bus = filled(5);
  t.strictSame(bus.after(undefined), { next: 6 }, 'from now on');
  t.strictSame(bus.after('boot-5'), { next: 6 });
  t.strictSame(bus.after('boot-3'), { next: 4 });
  t.strictSame(bus.after('boot-2'), { next: 3 }, 'all that came after is there');
  t.strictSame(bus.after('boot-1'), { next: 3, lost: { reason: 'expired', count: 1 } });
  t.strictSame(bus.after('boot-0'), { next: 3, lost: { reason: 'expired', count: 2 } });
  t.strictSame(bus.after('before-3'), { next: 3, lost: { reason: 'restarted' } });
  for (const id of ['boot-6', '', 'x', 'boot-', '-3', 'boot-3x', 'boot--3', `boot-${'9'.repeat(16)}`])
    t.strictSame(bus.after(id), { next: 3, lost: { reason: 'unknown-id' } }, id);
  t.strictSame(filled(0).after('boot-0'), { next: 1 }, 'before the first');
  t.end();
});

await t.test('listeners hear of each event until they are taken off', (t) => {
  const bus = filled(0);
  let heard = 0;
  const unlisten = bus.listen(() => (heard += 1));
  bus.publish('libvirt.disconnected', {});
  bus.publish('libvirt.connected', { again: true });
  unlisten();
  bus.publish('libvirt.disconnected', {});
  t.equal(heard, 2);
  t.end();
});

await t.test('each run of the service has ids of its own', (t) => {
  const boots = new Set(Array.from({ length: 1000 }, newBoot));
  t.equal(boots.size, 1000);
  for (const boot of boots) t.strictSame(parseId(formatId({ boot, number: 7 })), { boot, number: 7 });
  t.end();
});
