import t from 'tap';
import { IdempotencyCache } from '../../src/http/idempotency.js';

const answer = (body: string) => ({ status: 201, headers: {}, body });

await t.test('the first has none, the next gets its answer', async (t) => {
  const cache = new IdempotencyCache();
  t.equal(await cache.begin('k', 'f'), undefined);
  cache.settle('k', answer('1'));
  t.strictSame(await cache.begin('k', 'f'), answer('1'));
  t.equal(await cache.begin('other', 'f'), undefined);
});

await t.test('another request with the key is refused, also while the first is under way', async (t) => {
  const cache = new IdempotencyCache();
  await cache.begin('k', 'f');
  await t.rejects(cache.begin('k', 'g'), { type: 'idempotency-key-reused', message: /a new key/ });
  cache.settle('k', answer('1'));
  await t.rejects(cache.begin('k', 'g'), { type: 'idempotency-key-reused', message: /a new key/ });
});

await t.test('those who come meanwhile wait', async (t) => {
  const cache = new IdempotencyCache();
  await cache.begin('k', 'f');
  const waiting = [cache.begin('k', 'f'), cache.begin('k', 'f')];
  cache.settle('k', answer('1'));
  t.strictSame(await Promise.all(waiting), [answer('1'), answer('1')]);
});

await t.test(
  'when the first answer is not remembered, exactly one of those who waited is the next',
  async (t) => {
    const cache = new IdempotencyCache();
    await cache.begin('k', 'f');
    const waiting = [1, 2, 3].map(() => cache.begin('k', 'f'));
    cache.settle('k', undefined);
    t.equal(await Promise.race(waiting), undefined);
    cache.settle('k', answer('2'));
    t.strictSame((await Promise.all(waiting)).filter(Boolean), [answer('2'), answer('2')]);
  },
);

await t.test('only so many are remembered, the oldest goes; those under way stay', async (t) => {
  const cache = new IdempotencyCache({ count: 3, ms: 60_000 });
  await cache.begin('slow', 'f');
  for (const key of ['a', 'b', 'c', 'd']) {
    await cache.begin(key, 'f');
    cache.settle(key, answer(key));
  }
  t.strictSame(await cache.begin('d', 'f'), answer('d'));
  t.equal(await cache.begin('a', 'f'), undefined, 'forgotten');
  const waiting = cache.begin('slow', 'f');
  cache.settle('slow', answer('slow'));
  t.strictSame(await waiting, answer('slow'));
});

await t.test('only for so long', async (t) => {
  const cache = new IdempotencyCache({ count: 3, ms: -1 });
  await cache.begin('k', 'f');
  cache.settle('k', answer('1'));
  t.equal(await cache.begin('k', 'f'), undefined);
});
