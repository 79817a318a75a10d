import t from 'tap';
import { placeOf, RequestRates } from '../../src/limits/rates.js';

const tooMany = { type: 'too-many-requests', message: /come back in \d+ s/ };

/** How often something can be done before it is refused. */
async function until(ask: () => Promise<void>): Promise<number> {
  for (let n = 0; n < 5000; n++) {
    try {
      await ask();
    } catch (error) {
      t.match(error, tooMany);
      t.match((error as { retryAfter: number }).retryAfter, /^([1-9]|10)$/);
      return n;
    }
  }
  return Infinity;
}

await t.test(
  'a caller has so many requests, in parts of a minute, and nobody else uses them up',
  async (t) => {
    const rates = new RequestRates(6000);
    t.equal(await until(() => rates.ask('a')), 1000);
    t.equal(await until(() => rates.ask('b')), 1000);
  },
);

await t.test('a wrong token costs a hundred requests, and what the role forbids twenty', async (t) => {
  const rates = new RequestRates(6000);
  t.equal(await until(() => rates.refuse('192.0.2.1')), 10);
  t.equal(await until(() => rates.refuse('192.0.2.2')), 10);
  t.equal(await until(() => rates.askUnknown('192.0.2.1')), 1000, 'what anyone may see is still there');
  t.equal(await until(() => rates.overstep('a')), 50);
  t.equal(await until(() => rates.ask('192.0.2.1')), 1000);
});

await t.test('a change costs ten', async (t) => {
  const rates = new RequestRates(6000);
  t.equal(await until(() => rates.ask('a', { changes: true })), 100);
});

await t.test('an IPv6 host is known by its network', (t) => {
  const same = ['2001:db8:1:2::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::'];
  t.equal(new Set(same.map(placeOf)).size, 1);
  t.not(placeOf('2001:db8:1:3::1'), placeOf('2001:db8:1:2::1'));
  t.equal(placeOf('::ffff:192.0.2.1'), '192.0.2.1');
  t.equal(placeOf('192.0.2.1'), '192.0.2.1');
  t.equal(placeOf('::1'), '0:0:0:0::/64');
  t.equal(placeOf(undefined), 'socket');
  t.end();
});
