import t from 'tap';
import { DropCounter } from '../../src/drops/counter.js';
import type { DropSource } from '../../src/drops/sources.js';

const nic = { vm: 'a', nic: '52:54:00:00:00:01', port: 'vnet0' };
const counted = (id: string, packets: number, kind: DropSource['class'] = 'mac'): DropSource => ({
  id,
  class: kind,
  packets,
});

/** Readings one after the other. */
let clock = 0;
const next = () => ({ began: ++clock, ended: ++clock });

await t.test('what rules drop is added up, also when they are made anew', (t) => {
  const counter = new DropCounter();
  const seen = (...sources: DropSource[]) => Object.fromEntries(counter.observe(nic, sources, next()));
  t.strictSame(seen(counted('g', 0)), {});
  t.strictSame(seen(counted('g', 5), counted('f', 2, 'arp')), { mac: 5, arp: 2 });
  t.strictSame(seen(counted('g', 5), counted('f', 2, 'arp')), { mac: 5, arp: 2 }, 'nothing new');
  t.strictSame(seen(counted('g', 3), counted('f', 4, 'arp')), { mac: 8, arp: 4 }, 'one began at 0 again');
  t.strictSame(seen(), { mac: 8, arp: 4 }, 'no rules at the moment');
  t.strictSame(seen(counted('h', 1)), { mac: 9, arp: 4 }, 'another rule');
  t.end();
});

await t.test('it is told once of each', (t) => {
  const counter = new DropCounter();
  counter.observe(nic, [counted('g', 5)], next());
  counter.observe(nic, [counted('g', 6)], next());
  t.strictSame(counter.take(), [{ ...nic, class: 'mac', frames: 6 }]);
  t.strictSame(counter.take(), []);
  counter.observe(nic, [counted('g', 7)], next());
  t.strictSame(counter.take(), [{ ...nic, class: 'mac', frames: 1 }]);
  t.end();
});

await t.test('a tap that comes again is another', (t) => {
  const counter = new DropCounter();
  counter.observe(nic, [counted('g', 5)], next());
  counter.keep([{ ...nic, port: 'vnet1' }]);
  t.strictSame(Object.fromEntries(counter.observe(nic, [counted('g', 1)], next())), { mac: 1 });
  counter.keep([{ ...nic, nic: nic.nic.toUpperCase() }]);
  t.strictSame(
    Object.fromEntries(counter.observe(nic, [counted('g', 2)], next())),
    { mac: 2 },
    'it is the same NIC',
  );
  t.end();
});

await t.test('of readings that overlap nobody knows which is later: nothing is counted twice', (t) => {
  const counter = new DropCounter();
  const seen = (began: number, ended: number, ...sources: DropSource[]) =>
    Object.fromEntries(counter.observe(nic, sources, { began, ended }));
  t.strictSame(seen(10, 20, counted('g', 50)), { mac: 50 });
  t.strictSame(seen(5, 25, counted('g', 40)), { mac: 50 }, 'an older one that came later');
  t.strictSame(seen(6, 26), { mac: 50 }, 'one that saw no rule');
  t.strictSame(seen(15, 30, counted('g', 60)), { mac: 60 }, 'it has grown');
  t.strictSame(seen(21, 29, counted('g', 55)), { mac: 60 }, 'it overlaps with the one before alone');
  t.strictSame(
    seen(16, 30, counted('g', 60), counted('h', 3)),
    { mac: 63 },
    'a rule that nobody has seen before',
  );
  t.strictSame(seen(31, 40, counted('g', 61)), { mac: 64 });
  t.strictSame(seen(35, 41, counted('g', 61), counted('h', 3)), { mac: 64 }, 'a rule that is gone since');
  t.strictSame(seen(42, 50, counted('g', 2), counted('h', 1)), { mac: 67 }, 'made anew, both');
  t.end();
});
