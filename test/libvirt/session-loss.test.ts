import { once } from 'node:events';
import type { Connection } from 'node-libvirt';
import t from 'tap';
import { LibvirtSession } from '../../src/libvirt/session.js';

/** A connection that can be lost, which one of the test driver cannot. */
class LosableConnection {
  static readonly opened: LosableConnection[] = [];
  alive = true;
  closed = false;
  #lost = (): void => undefined;

  static readonly open = (): Promise<Connection> => {
    const connection = new LosableConnection();
    LosableConnection.opened.push(connection);
    return Promise.resolve(connection as Partial<Connection> as Connection);
  };
  onClose(listener: (reason: number) => void): () => void {
    this.#lost = () => listener(0);
    return () => undefined;
  }
  isAlive(): Promise<boolean> {
    return Promise.resolve(this.alive);
  }
  /** Calls are still out on the dead socket: it never ends. */
  close(): Promise<never> {
    this.closed = true;
    return new Promise(() => undefined);
  }
  lose(): void {
    this.alive = false;
    this.#lost();
  }
}

const { open } = LosableConnection;
const log = { info: () => undefined, warn: () => undefined };
const { opened } = LosableConnection;
t.beforeEach(() => void opened.splice(0));

await t.test('a lost connection is replaced by a new one, which is prepared again', async (t) => {
  const prepared: unknown[] = [];
  const session = new LibvirtSession({
    uri: 'x',
    log,
    open,
    prepare: (connection) => {
      prepared.push(connection);
      return Promise.resolve();
    },
  });
  session.start();
  await once(session, 'connected');
  const again = once(session, 'connected');
  const gone = once(session, 'disconnected').then(() => {
    t.throws(() => session.connection, { message: /no connection to libvirt/ });
  });
  opened[0]?.lose();
  await Promise.all([gone, again]);
  t.equal(opened.length, 2);
  t.equal(opened[0]?.closed, true);
  t.equal(session.connection, opened[1]);
  t.strictSame(prepared, opened);
});

await t.test('one that is lost while it is being prepared is given to nobody', async (t) => {
  const session = new LibvirtSession({
    uri: 'x',
    log,
    open,
    prepare: () => {
      if (opened.length > 1) return Promise.resolve();
      opened[0]?.lose();
      return new Promise(() => undefined);
    },
  });
  let connections = 0;
  session.on('connected', () => connections++);
  session.start();
  await once(session, 'connected');
  t.equal(session.connection, opened[1]);
  t.equal(connections, 1);
  t.equal(opened[0]?.closed, true);
});
