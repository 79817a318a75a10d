import t from 'tap';
import { takeEnvironment } from '../../src/systemd/environment.js';

const notifySocket = '/run/systemd/notify';
const told = { NOTIFY_SOCKET: notifySocket, WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42' };

await t.test('what systemd tells, once', (t) => {
  const env: NodeJS.ProcessEnv = { ...told, PATH: '/bin' };
  t.strictSame(takeEnvironment(env, 42), { notifySocket, watchdogMs: 30_000 });
  t.strictSame(env, { PATH: '/bin' }, 'what the service starts has none of it');
  t.strictSame(takeEnvironment(env, 42), {});
  t.end();
});

await t.test("another process's watchdog is none of this one's", (t) => {
  t.strictSame(takeEnvironment({ ...told }, 43), { notifySocket });
  t.strictSame(takeEnvironment({ ...told, WATCHDOG_PID: undefined }, 43), {
    notifySocket,
    watchdogMs: 30_000,
  });
  for (const WATCHDOG_USEC of ['0', '', 'soon', '-1'])
    t.strictSame(takeEnvironment({ ...told, WATCHDOG_USEC }, 42), { notifySocket }, WATCHDOG_USEC);
  t.end();
});
