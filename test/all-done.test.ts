import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { allDone } from '../src/all-done.js';

await t.test('gives what each gives', async (t) => {
  t.strictSame(await allDone([Promise.resolve(1), setImmediate('two')]), [1, 'two']);
});

await t.test('throws what the first throws, when all have ended', async (t) => {
  let ended = false;
  const slow = setImmediate().then(() => {
    ended = true;
  });
  await t.rejects(allDone([Promise.reject(new Error('no')), slow]), { message: 'no' });
  t.ok(ended);
});
