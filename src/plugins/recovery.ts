import { Mutex } from 'async-mutex';
import fp from 'fastify-plugin';
import type { Connection } from 'node-libvirt';
import { recover } from '../vms/recover.js';

/** How long after it failed it is tried again, ms: at first, and at the most. */
const firstMs = 5000;
const mostMs = 300_000;

/**
 * Puts right what the end of a service or of a connection has cut off: on each new connection before anyone else gets
 * it, and again and again as long as something is left.
 */
export default fp(
  (app, _options, done) => {
    const running = new Mutex();
    let whole = true;
    let waitMs = firstMs;
    let due = 0;

    const run = (connection: Connection, isEarly: boolean): Promise<void> =>
      running.runExclusive(async () => {
        whole = false;
        whole = await recover(app.vmContextOn(connection), isEarly);
      });

    function tick(): void {
      if (!app.libvirt.connected || running.isLocked()) return;
      const { connection } = app.libvirt;
      // a change that fails on a lost connection may leave its entry when the next one is there already
      if (whole && !app.vmContextOn(connection).journal.hasLeft()) {
        waitMs = firstMs;
        return;
      }
      const now = performance.now();
      if (now < due) return;
      due = now + waitMs;
      waitMs = Math.min(2 * waitMs, mostMs);
      run(connection, false).catch((error: unknown) => {
        app.log.error({ err: error }, 'what was cut off could not be put right: it is tried again');
      });
    }

    app.beforeConnected((connection) => run(connection, true));
    const timer = setInterval(tick, firstMs);
    app.addHook('onClose', () => clearInterval(timer));
    done();
  },
  { name: 'recovery', dependencies: ['vms'] },
);
