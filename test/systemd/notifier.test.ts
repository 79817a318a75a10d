import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import { Notifier } from '../../src/systemd/notifier.js';

/** A socket that takes what it is sent, or refuses it. */
function socket() {
  const sent = new EventEmitter();
  const messages: string[] = [];
  const state = { code: undefined as string | undefined };
  const send = (address: string, message: Uint8Array): void => {
    if (state.code !== undefined) throw Object.assign(new Error(state.code), { code: state.code });
    messages.push(`${address} ${new TextDecoder().decode(message)}`);
    sent.emit('message');
  };
  return { sent, messages, state, send };
}

const unexpected =
  (t: Test) =>
  (error: unknown): void => {
    t.fail(String(error));
  };

await t.test('each value is one line', (t) => {
  const { messages, send } = socket();
  new Notifier('@s', unexpected(t), send).notify({ READY: '1', STATUS: 'waiting:\nWATCHDOG=trigger\n' });
  t.strictSame(messages, ['@s READY=1\nSTATUS=waiting: WATCHDOG=trigger']);
  t.end();
});

await t.test('what a full socket refuses is sent later, the newest of each', async (t) => {
  const { sent, messages, state, send } = socket();
  const notifier = new Notifier('@s', unexpected(t), send);
  state.code = 'EAGAIN';
  notifier.notify({ READY: '1', STATUS: 'waiting' });
  notifier.notify({ STATUS: 'connected' });
  t.strictSame(messages, []);
  const later = once(sent, 'message');
  state.code = undefined;
  const alive = setInterval(() => undefined, 1000); // the notifier keeps no process from ending
  await later;
  clearInterval(alive);
  t.strictSame(messages, ['@s READY=1\nSTATUS=connected']);
  notifier.notify({ WATCHDOG: '1' });
  t.equal(messages.at(-1), '@s WATCHDOG=1', 'and only once');
});

await t.test('a socket that is gone is said once, and tried the next time', (t) => {
  const { messages, state, send } = socket();
  const failures: unknown[] = [];
  const notifier = new Notifier('@s', (error) => failures.push(error), send);
  state.code = 'ENOENT';
  notifier.notify({ STATUS: 'a' });
  notifier.notify({ WATCHDOG: '1' });
  t.match(failures, [{ code: 'ENOENT' }]);
  t.equal(failures.length, 1);
  state.code = undefined;
  notifier.notify({ WATCHDOG: '1' });
  t.strictSame(messages, ['@s WATCHDOG=1']);
  t.end();
});
