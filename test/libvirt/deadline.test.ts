import t from 'tap';
import { withDeadline } from '../../src/libvirt/session.js';

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
const hour = 3_600_000;

await t.test('work that is done in time gives its result, or its error', async (t) => {
  const before = timers();
  t.equal(await withDeadline(hour, 'Work', Promise.resolve(5)), 5);
  const error = new Error('no');
  t.equal(await withDeadline(hour, 'Work', Promise.reject(error)).catch((e: unknown) => e), error);
  t.equal(timers(), before, 'and leaves no timer that would keep the process');
});

await t.test('work that is not is a problem, and says what it was', async (t) => {
  await t.rejects(withDeadline(1, 'Starting the VM', new Promise(() => undefined)), {
    type: 'libvirt-timeout',
    status: 504,
    message: 'Starting the VM was not done within 0.001 s; it may still come to its end.',
  });
});

await t.test('work that fails after its time disturbs nobody', async (t) => {
  let fail: (error: Error) => void = () => undefined;
  const work = new Promise<never>((_resolve, reject) => (fail = reject));
  await t.rejects(withDeadline(1, 'Work', work), { message: /was not done/ });
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): unknown => unhandled.push(reason);
  process.on('unhandledRejection', listener);
  fail(new Error('late'));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listener);
  t.strictSame(unhandled, []);
});
