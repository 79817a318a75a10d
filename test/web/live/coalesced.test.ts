import t from 'tap';
import { coalesced } from '../../../src/web/live/coalesced.js';

/** Work that ends when it is told to. */
function slowWork() {
  const ends: (() => void)[] = [];
  let begun: () => void = () => undefined;
  const next = (): Promise<void> => new Promise((resolve) => (begun = resolve));
  const work = (): Promise<void> =>
    new Promise((resolve) => {
      ends.push(resolve);
      begun();
    });
  return { work, next, end: () => ends.at(-1)?.(), times: () => ends.length };
}

await t.test('what is asked for many times at once is done once', async (t) => {
  const { work, next, times } = slowWork();
  const soon = coalesced(work, 1);
  const begun = next();
  for (let i = 0; i < 10; i++) soon();
  await begun;
  t.equal(times(), 1);
});

await t.test('what is asked for while it is being done is done once more, and not before', async (t) => {
  const { work, next, end, times } = slowWork();
  const soon = coalesced(work, 1);
  const first = next();
  soon();
  await first;
  for (let i = 0; i < 10; i++) soon();
  await new Promise(setImmediate);
  t.equal(times(), 1);
  const second = next();
  end();
  await second;
  t.equal(times(), 2);
});
