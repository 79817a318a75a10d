import { Mutex } from 'async-mutex';
import fp from 'fastify-plugin';
import type { Connection, Domain } from 'node-libvirt';
import type { ChangeJournal } from '../state/journal.js';
import type { VmContext } from '../vms/context.js';
import { recover } from '../vms/recover.js';
import { VmLocks } from '../vms/locks.js';
import { lookupVm } from '../vms/read.js';

/** How long after a change could not be undone it is tried again, ms. */
const retryMs = 5000;

declare module 'fastify' {
  interface FastifyInstance {
    /** What work on VMs needs, with the connection of this moment. @throws Problem libvirt-unavailable */
    vmContext(): VmContext;
    /** Looks a VM up, does the work with it, and closes its handle. @throws Problem vm-not-found */
    withVm<T>(vm: string, work: (domain: Domain) => Promise<T>): Promise<T>;
    /** The same with the VM's lock held: for what changes it. */
    changeVm<T>(vm: string, change: (domain: Domain) => Promise<T>): Promise<T>;
  }
}

export default fp<{ imageDirs: readonly string[]; journal: ChangeJournal }>(
  (app, { imageDirs, journal }, done) => {
    const locks = new VmLocks();
    const contextOf = (connection: Connection): VmContext => ({
      connection,
      filters: app.shippedFilters,
      locks,
      journal,
      policy: () => app.policy.current,
      imageDirs,
      log: app.log,
    });
    app.decorate('vmContext', () => contextOf(app.libvirt.connection));
    app.decorate('withVm', async (vm, work) => {
      await using domain = await lookupVm(app.libvirt.connection, vm);
      return await work(domain);
    });
    app.decorate('changeVm', async (vm, change) =>
      app.withVm(vm, (domain) => locks.hold(domain.uuid, () => change(domain))),
    );
    const recovering = new Mutex();
    const recoverNow = (connection: Connection): Promise<void> =>
      recovering.runExclusive(() => recover(contextOf(connection)));
    // Before anyone else gets a connection, what a service that died has left is put right.
    app.beforeConnected(recoverNow);
    // What was cut off later, or could not be undone then, is undone as soon as it can be.
    const timer = setInterval(() => {
      if (journal.left === 0 || recovering.isLocked() || !app.libvirt.connected) return;
      recoverNow(app.libvirt.connection).catch((error: unknown) => {
        app.log.error({ err: error }, 'changes that were cut off could not be undone: it is tried again');
      });
    }, retryMs);
    app.addHook('onClose', () => clearInterval(timer));
    done();
  },
  { name: 'vms', dependencies: ['libvirt', 'policy'] },
);
