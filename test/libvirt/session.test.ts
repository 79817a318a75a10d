import { once } from 'node:events';
import type { Connection } from 'node-libvirt';
import t, { type Test } from 'tap';
import { LibvirtSession, type SessionOptions } from '../../src/libvirt/session.js';
import { deadUri } from '../helpers/app.js';

/** What is thrown while there is no connection. */
const unavailable = { type: 'libvirt-unavailable', message: /no connection to libvirt/ };

/** A session that is closed at the end; its log can be waited for. */
function session(t: Test, options: Partial<SessionOptions>) {
  const warnings: object[] = [];
  let wake = (): void => undefined;
  const made = new LibvirtSession({
    uri: 'test:///default',
    prepare: () => Promise.resolve(),
    log: {
      info: () => undefined,
      warn: (details) => {
        warnings.push(details);
        wake();
      },
    },
    ...options,
  });
  t.teardown(() => made.close());
  const warned = async (times: number): Promise<object[]> => {
    while (warnings.length < times) await new Promise<void>((resolve) => (wake = resolve));
    return warnings;
  };
  return { session: made, warned };
}

await t.test('it is connected once the connection is prepared', async (t) => {
  const prepared: Connection[] = [];
  const { session: made } = session(t, {
    prepare: (connection) => {
      t.equal(made.connected, false, 'nobody has it before');
      prepared.push(connection);
      return Promise.resolve();
    },
  });
  t.throws(() => made.connection, unavailable);
  made.start();
  made.start();
  await once(made, 'connected');
  t.equal(made.connected, true);
  t.strictSame(prepared, [made.connection]);
  t.equal(await made.connection.getType(), 'TEST');
});

await t.test('its end closes the connection', async (t) => {
  const { session: made } = session(t, {});
  made.start();
  await once(made, 'connected');
  const { connection } = made;
  const told = once(made, 'disconnected');
  await made.close();
  await told;
  t.equal(connection.closed, true);
  t.equal(made.connected, false);
  t.throws(() => made.connection, unavailable);
  await made.close();
});

await t.test('it keeps trying, less and less often, where nobody listens', async (t) => {
  const { session: made, warned } = session(t, { uri: deadUri });
  made.start();
  t.match(await warned(3), [
    { uri: deadUri, retryInMs: 100 },
    { uri: deadUri, retryInMs: 200 },
    { uri: deadUri, retryInMs: 400 },
  ]);
  t.throws(() => made.connection, unavailable);
});

await t.test('a connection that could not be prepared is closed and another one is tried', async (t) => {
  const seen: Connection[] = [];
  const { session: made, warned } = session(t, {
    prepare: (connection) => {
      seen.push(connection);
      return seen.length === 1 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    },
  });
  made.start();
  await once(made, 'connected');
  t.match(await warned(1), [{}]);
  t.equal(seen.length, 2);
  t.equal(seen[0]?.closed, true);
  t.equal(made.connection, seen[1]);
});

await t.test('it ends while a connection is being prepared', async (t) => {
  let begun: (connection: Connection) => void = () => undefined;
  const preparing = new Promise<Connection>((resolve) => (begun = resolve));
  const { session: made } = session(t, {
    prepare: (connection) => {
      begun(connection);
      return new Promise(() => undefined);
    },
  });
  made.start();
  const connection = await preparing;
  await made.close();
  t.equal(connection.closed, true);
  t.equal(made.connected, false);
});

await t.test('one that was never started, or is closed before, ends too', async (t) => {
  const { session: never } = session(t, {});
  await never.close();
  never.start();
  await never.close();
  t.equal(never.connected, false);
});
