import t from 'tap';
import type { ServiceEvent } from '../../../src/schemas/event.js';
import { countDrops, dropsUntil, forgetDrops, nicKey } from '../../../src/web/live/drops.js';

const vm = '7a3f0c5e-5d1b-4c8e-9f00-000000000000';
const now = Date.parse('2026-03-01T10:00:30Z');
const dropped = (time: string, frames: number, nic = '52:54:00:00:00:01'): ServiceEvent<'spoof.dropped'> => ({
  type: 'spoof.dropped',
  time: `2026-03-01T${time}Z`,
  data: { vm, nic, port: 'vnet0', class: 'mac', frames },
});

await t.test('the last hour by minutes, of a NIC and of all', (t) => {
  t.strictSame(dropsUntil(now), Array(60).fill(0), 'nothing was told yet');
  for (const event of [
    dropped('10:00:05', 3),
    dropped('10:00:10', 4),
    dropped('09:58:00', 5, '52:54:00:00:00:02'),
    dropped('09:01:00', 6),
  ])
    countDrops(event);
  t.strictSame(dropsUntil(now), [6, ...Array<number>(56).fill(0), 5, 0, 7]);
  t.strictSame(dropsUntil(now, nicKey(vm, '52:54:00:00:00:02')).slice(-3), [5, 0, 0]);
  t.strictSame(dropsUntil(now + 60_000).slice(0, 1), [0], 'an hour goes by');
  forgetDrops();
  t.ok(dropsUntil(now).every((frames) => frames === 0));
  t.end();
});
