import { mock } from 'node:test';
import t from 'tap';
import { VmLocks } from '../../src/vms/locks.js';

/** A change that lasts until it is told to end, and what is seen of it. */
function change(log: string[], name: string) {
  let begun = (): void => undefined;
  let end = (): void => undefined;
  const started = new Promise<void>((resolve) => (begun = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  const run = async (): Promise<string> => {
    log.push(`${name} begins`);
    begun();
    await ended;
    log.push(`${name} ends`);
    return name;
  };
  return { run, started, end };
}

await t.test('one change at a time to a VM, in order of arrival', async (t) => {
  const locks = new VmLocks();
  const log: string[] = [];
  const changes = ['a', 'b', 'c'].map((name) => change(log, name));
  const results = changes.map(({ run }) => locks.hold('vm', run));
  for (const { started, end } of changes) {
    await started;
    end();
  }
  t.strictSame(await Promise.all(results), ['a', 'b', 'c']);
  t.strictSame(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

await t.test('one that comes when the first ends waits for the second', async (t) => {
  const locks = new VmLocks();
  const log: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((name) => change(log, name)) as [Change, Change, Change];
  const first = locks.hold('vm', a.run);
  const second = locks.hold('vm', b.run);
  await a.started;
  a.end();
  await first;
  const third = locks.hold('vm', c.run);
  await b.started;
  c.end();
  b.end();
  await Promise.all([second, third]);
  t.strictSame(log.slice(2), ['b begins', 'b ends', 'c begins', 'c ends']);
});
type Change = ReturnType<typeof change>;

await t.test('changes to different VMs do not wait for each other', async (t) => {
  const locks = new VmLocks();
  const a = change([], 'a');
  const first = locks.hold('a', a.run);
  await a.started;
  t.equal(await locks.hold('b', () => Promise.resolve('done')), 'done');
  a.end();
  await first;
});

await t.test('a change that fails lets the next one in', async (t) => {
  const locks = new VmLocks();
  const failing = locks.hold('vm', () => Promise.reject(new Error('no')));
  const next = locks.hold('vm', () => Promise.resolve('next'));
  await t.rejects(failing, { message: 'no' });
  t.equal(await next, 'next');
});

await t.test('what waits for a change that hangs may do something about it meanwhile', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.teardown(() => mock.timers.reset());
  const locks = new VmLocks();
  const log: string[] = [];
  const hangs = change(log, 'hangs');
  const first = locks.hold('vm', hangs.run);
  await hangs.started;
  const second = locks.hold(
    'vm',
    () => Promise.resolve(log.push('the turn')),
    () => {
      log.push('cut off');
      hangs.end();
      return Promise.resolve();
    },
  );
  mock.timers.tick(4999);
  t.strictSame(log, ['hangs begins']);
  mock.timers.tick(1);
  await Promise.all([first, second]);
  t.strictSame(log, ['hangs begins', 'cut off', 'hangs ends', 'the turn']);
  await locks.hold(
    'vm',
    () => Promise.resolve(),
    () => Promise.reject(new Error('never: its turn has come')),
  );
  mock.timers.tick(5000);
});
