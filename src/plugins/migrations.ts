import { once } from 'node:events';
import fp from 'fastify-plugin';
import { type Domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_RUNNING } from 'node-libvirt';
import { Problem } from '../errors.js';
import { type Machine, readMachine } from '../migration/machine.js';
import { migrate } from '../migration/migrate.js';
import type { MigrateInput } from '../schemas/migration.js';
import type { Operation } from '../schemas/operation.js';
import type { VmContext } from '../vms/context.js';

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Begins to move a VM to another host.
     * @throws Problem vm-not-found, vm-state-conflict, vm-migrating, vm-unsettled, too-many-requests; LibvirtError
     */
    beginMigration(vm: string, input: MigrateInput): Promise<Operation>;
  }
}

/** So many VMs are moved at a time: each takes a thread of the slow calls for as long as it takes. */
const mostAtOnce = 4;
/** How long a connection to libvirt that was lost meanwhile may take to be there again, ms. */
const reconnectMs = 60_000;

/** @returns whether it runs @throws Problem vm-state-conflict */
async function demandMovable(domain: Domain, { active }: Machine, input: MigrateInput): Promise<boolean> {
  const refuse = (why: string): Problem => new Problem('vm-state-conflict', `The VM ${domain.name} ${why}.`);
  if (!active) {
    if (input.postCopy) throw refuse('is off: post-copy is for one that runs');
    if (input.copyStorage !== undefined && input.copyStorage !== 'none')
      throw refuse('is off: libvirt copies the disks of running VMs only');
    if (await domain.hasManagedSaveImage())
      throw refuse('has saved memory, which libvirt does not move: start it, or discard that');
    return false;
  }
  const { state } = await domain.getState();
  if (state !== VIR_DOMAIN_RUNNING && state !== VIR_DOMAIN_PAUSED)
    throw refuse('neither runs nor is paused, and so cannot be moved');
  if (input.postCopy && state === VIR_DOMAIN_PAUSED)
    throw refuse('is paused: post-copy is for one that runs');
  return state === VIR_DOMAIN_RUNNING;
}

/** Moves VMs to other hosts. */
export default fp(
  (app, _options, done) => {
    /** What work on VMs needs, also where the connection has to come back first. */
    async function context(): Promise<VmContext> {
      if (!app.libvirt.connected) {
        await once(app.libvirt, 'connected', { signal: AbortSignal.timeout(reconnectMs) }).catch(
          () => undefined,
        );
      }
      return app.vmContext();
    }

    app.decorate('beginMigration', (vm, input) =>
      app.changeVm(vm, async (domain) => {
        const { migrating } = app.vmContext().locks;
        if (migrating.size >= mostAtOnce)
          throw new Problem('too-many-requests', `${mostAtOnce} VMs are being moved already.`);
        const machine = await readMachine(domain);
        const runs = await demandMovable(domain, machine, input);
        migrating.add(machine.uuid);
        try {
          return app.operations.run(
            'vm.migrate',
            machine.uuid,
            (tools) =>
              migrate({ machine, runs, input, context, tools }).finally(() => migrating.delete(machine.uuid)),
            { cancellable: true },
          );
        } catch (error) {
          migrating.delete(machine.uuid);
          throw error;
        }
      }),
    );
    done();
  },
  { name: 'migrations', dependencies: ['vms', 'operations', 'libvirt'] },
);
