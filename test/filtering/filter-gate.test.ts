import { mock } from 'node:test';
import t from 'tap';
import { buildingRules, readingFilters } from '../../src/filtering/filter-gate.js';

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = async () => {
    log.push(name);
    await ended;
  };
  return { run, end };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

await t.test('reads go together, builds go together, and never one beside the other', async (t) => {
  const log: string[] = [];
  const [a, b, c, d] = ['read a', 'read b', 'build c', 'read d'].map((name) => work(log, name));
  if (!a || !b || !c || !d) throw new TypeError('unreachable');
  const all = [readingFilters(a.run), readingFilters(b.run), buildingRules(c.run), readingFilters(d.run)];
  await turn();
  t.strictSame(log, ['read a', 'read b']);
  a.end();
  await turn();
  t.equal(log.length, 2, 'the build waits for both');
  b.end();
  await turn();
  t.strictSame(log.slice(2), ['build c'], 'the read that came after it waits');
  c.end();
  await turn();
  t.strictSame(log.slice(3), ['read d']);
  d.end();
  await Promise.all(all);
});

await t.test('what fails lets the next go', async (t) => {
  await t.rejects(
    buildingRules(() => Promise.reject(new Error('refused'))),
    { message: 'refused' },
  );
  t.equal(await readingFilters(() => Promise.resolve(1)), 1);
});

await t.test('what hangs lets the next go after a while, and does not count when it ends', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const log: string[] = [];
  const [hangs, read, build] = ['build that hangs', 'read', 'build'].map((name) => work(log, name));
  if (!hangs || !read || !build) throw new TypeError('unreachable');
  const all = [buildingRules(hangs.run), readingFilters(read.run), buildingRules(build.run)];
  await turn();
  t.strictSame(log, ['build that hangs']);
  mock.timers.tick(10_000);
  await turn();
  t.strictSame(log.slice(1), ['read']);
  hangs.end();
  await turn();
  t.equal(log.length, 2, 'the build waits for the read all the same');
  read.end();
  await turn();
  t.strictSame(log.slice(2), ['build']);
  build.end();
  await Promise.all(all);
});
