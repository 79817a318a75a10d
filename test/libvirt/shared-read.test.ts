import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { SharedRead } from '../../src/libvirt/shared-read.js';

/** A read that ends when it is told to, and gives its number. */
function slowRead() {
  const ends: ((error?: Error) => void)[] = [];
  const read = new SharedRead(
    () =>
      new Promise<number>((resolve, reject) => {
        const number = ends.length;
        ends.push((error) => (error ? reject(error) : resolve(number)));
      }),
  );
  return {
    read,
    ends,
    /** Once what was asked for has begun. */
    soon: async () => {
      await setImmediate();
      await setImmediate();
    },
  };
}

await t.test(
  'who asks before a read begins shares it; who asks later gets one that begins later',
  async (t) => {
    const { read, ends, soon } = slowRead();
    const first = [read.ask(), read.ask()];
    await soon();
    const second = [read.ask(), read.ask(), read.ask()];
    await soon();
    t.equal(ends.length, 1, 'one at a time');
    ends[0]?.();
    t.strictSame(await Promise.all(first), [0, 0]);
    await soon();
    ends[1]?.();
    t.strictSame(await Promise.all(second), [1, 1, 1]);
    t.equal(ends.length, 2);
  },
);

await t.test('a read that fails is the failure of those who shared it, and of nobody else', async (t) => {
  const { read, ends, soon } = slowRead();
  const first = [read.ask(), read.ask()].map((one) => t.rejects(one, { message: 'no' }));
  await soon();
  const second = read.ask();
  ends[0]?.(new Error('no'));
  await Promise.all(first);
  await soon();
  ends[1]?.();
  t.equal(await second, 1);
});
