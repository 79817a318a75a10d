import fp from 'fastify-plugin';
import type { Connection, Domain } from 'node-libvirt';
import { touchFilters } from '../filtering/composed.js';
import { DropCounter } from '../drops/counter.js';
import { Problem } from '../errors.js';
import { Listing } from '../http/listing.js';
import { proveFiles } from '../libvirt/files.js';
import { SharedRead } from '../libvirt/shared-read.js';
import type { VmSummary } from '../schemas/vm.js';
import type { ChangeJournal } from '../state/journal.js';
import type { VmContext } from '../vms/context.js';
import type { FilePlaces } from '../vms/files.js';
import { explained } from '../vms/held-start.js';
import { settle } from '../vms/recover.js';
import { VmLocks } from '../vms/locks.js';
import { listStates, lookupVm } from '../vms/read.js';
import { UnchangedVms, type VmListing } from '../vms/unchanged.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** What work on VMs needs, with the connection of this moment, for somebody or for nobody. @throws Problem libvirt-unavailable */
    vmContext(caller?: Pick<VmContext, 'mayTrust'>): VmContext;
    /** The same on a connection that is not yet everyone's. */
    vmContextOn(connection: Connection): VmContext;
    /** Whether changes of VMs that were cut off are still to be undone. */
    hasUnsettled(): boolean;
    /** All VMs, of a moment after the question. @throws Problem libvirt-unavailable, LibvirtError */
    allVms(): Promise<VmListing>;
    /** One of them, by its UUID or name. @throws Problem vm-not-found, libvirt-unavailable, LibvirtError */
    oneVm(vm: string): Promise<VmListing>;
    /** All in short. */
    allVmStates(): Promise<Listing<VmSummary>>;
    /** Looks a VM up, does the work with it, and closes its handle. @throws Problem vm-not-found */
    withVm<T>(vm: string, work: (domain: Domain) => Promise<T>): Promise<T>;
    /**
     * The same with the VM's lock held: for what changes it. Nothing is left to be undone of it, unless the change may
     * come before that.
     * @param options.late done without the lock, when another change seems to hang with it; see VmLocks.hold
     * @param options.migrating whether it may be done while the VM is being moved to another host
     * @throws Problem vm-not-found, vm-unsettled, vm-migrating
     */
    changeVm<T>(
      vm: string,
      change: (domain: Domain) => Promise<T>,
      options?: { unsettled?: boolean; migrating?: boolean; late?: (domain: Domain) => Promise<void> },
    ): Promise<T>;
  }
}

/** @throws Problem vm-migrating */
function demandStays({ migrating }: VmLocks, { name, uuid }: Domain): void {
  if (!migrating.has(uuid)) return;
  throw new Problem(
    'vm-migrating',
    `The VM ${name} is being moved to another host: wait for the operation vm.migrate, or cancel it.`,
  );
}

export default fp<{ places: FilePlaces; journal: ChangeJournal }>(
  (app, { places, journal }, done) => {
    const locks = new VmLocks();
    const drops = new DropCounter();
    const contextOf = (connection: Connection): VmContext => ({
      connection,
      filters: app.shippedFilters,
      locks,
      journal,
      policy: () => app.policy.current,
      ...places,
      mayTrust: false,
      drops,
      events: app.events,
      log: app.log,
    });
    app.decorate('vmContextOn', contextOf);
    app.decorate('vmContext', ({ mayTrust } = { mayTrust: false }) => ({
      ...contextOf(app.libvirt.connection),
      mayTrust,
    }));
    app.decorate('hasUnsettled', () => journal.hasLeft());
    const unchanged = new UnchangedVms();
    const vms = new SharedRead(async () => unchanged.list(app.vmContext()));
    let lastStates = new Listing<VmSummary>([]);
    const states = new SharedRead(async () => {
      const items = await listStates(app.vmContext());
      if (items !== lastStates.items) lastStates = new Listing(items);
      return lastStates;
    });
    app.decorate('allVms', () => vms.ask());
    app.decorate('oneVm', async (vm) => unchanged.find(app.vmContext(), vm));
    app.decorate('allVmStates', () => states.ask());
    app.libvirt.on('connected', () => {
      const context = app.vmContext();
      proveFiles(context.connection, () => touchFilters(context)).catch((error: unknown) => {
        app.log.info({ err: error }, 'libvirt is read anew for each list: its files tell nothing');
      });
    });
    app.decorate('withVm', async (vm, work) => {
      await using domain = await lookupVm(app.libvirt.connection, vm);
      return await work(domain);
    });
    app.decorate('changeVm', async (vm, change, { unsettled = false, migrating = false, late } = {}) =>
      app.withVm(vm, (domain) =>
        locks.hold(
          domain.uuid,
          async () => {
            if (!migrating) demandStays(locks, domain);
            if (!unsettled) await settle(app.vmContext(), domain.uuid);
            return explained(domain, change(domain));
          },
          late &&
            (() =>
              late(domain).catch((error: unknown) => {
                app.log.warn({ err: error, vm: domain.uuid }, 'a change hangs, and could not be cut off');
              })),
        ),
      ),
    );
    done();
  },
  { name: 'vms', dependencies: ['libvirt', 'policy'] },
);
