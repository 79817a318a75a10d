import fp from 'fastify-plugin';
import type { Domain } from 'node-libvirt';
import type { VmContext } from '../vms/context.js';
import { VmLocks } from '../vms/locks.js';
import { lookupVm } from '../vms/read.js';

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

export default fp<{ imageDirs: readonly string[] }>(
  (app, { imageDirs }, done) => {
    const locks = new VmLocks();
    app.decorate('vmContext', () => ({
      connection: app.libvirt.connection,
      filters: app.shippedFilters,
      locks,
      policy: () => app.policy.current,
      imageDirs,
      log: app.log,
    }));
    app.decorate('withVm', async (vm, work) => {
      await using domain = await lookupVm(app.libvirt.connection, vm);
      return await work(domain);
    });
    app.decorate('changeVm', async (vm, change) =>
      app.withVm(vm, (domain) => locks.hold(domain.uuid, () => change(domain))),
    );
    done();
  },
  { name: 'vms', dependencies: ['libvirt', 'policy'] },
);
