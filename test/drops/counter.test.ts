import t from 'tap';
import { DropCounter } from '../../src/drops/counter.js';
import type { DropSource } from '../../src/drops/sources.js';

const nic = { vm: 'a', nic: '52:54:00:00:00:01', port: 'vnet0' };
const counted = (id: string, packets: number, kind: DropSource['class'] = 'mac'): DropSource => ({
  id,
  class: kind,
  packets,
});

await t.test('what rules drop is added up, also when they are made anew', (t) => {
  const counter = new DropCounter();
  const seen = (...sources: DropSource[]) => Object.fromEntries(counter.observe(nic, sources));
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
  counter.observe(nic, [counted('g', 5)]);
  counter.observe(nic, [counted('g', 6)]);
  t.strictSame(counter.take(), [{ ...nic, class: 'mac', frames: 6 }]);
  t.strictSame(counter.take(), []);
  counter.observe(nic, [counted('g', 7)]);
  t.strictSame(counter.take(), [{ ...nic, class: 'mac', frames: 1 }]);
  t.end();
});

await t.test('a tap that comes again is another', (t) => {
  const counter = new DropCounter();
  counter.observe(nic, [counted('g', 5)]);
  counter.keep([{ ...nic, port: 'vnet1' }]);
  t.strictSame(Object.fromEntries(counter.observe(nic, [counted('g', 1)])), { mac: 1 });
  counter.keep([{ ...nic, nic: nic.nic.toUpperCase() }]);
  t.strictSame(Object.fromEntries(counter.observe(nic, [counted('g', 2)])), { mac: 2 }, 'it is the same NIC');
  t.end();
});
