import type { Connection, Domain } from 'node-libvirt';
import { Recent } from '../recent.js';
import type { VmSummary } from '../schemas/vm.js';
import { stateName } from './view.js';

/** Handles of VMs that are asked for again and again: with one, libvirt is asked once for what a VM does, without one twice. */
export class DomainHandles {
  /** By UUID. */
  readonly #handles: Recent<string, Domain>;

  /** @param most so many are kept open */
  constructor(most: number) {
    this.#handles = new Recent(most, (domain) => void domain.close());
  }

  /** What a VM does now. @throws LibvirtError */
  async summary(connection: Connection, { uuid, name }: VmSummary): Promise<VmSummary> {
    const known = this.#handles.get(uuid);
    // that of a connection which is over was closed with it
    const domain = known && !known.closed ? known : await connection.lookupDomainByUUIDString(uuid);
    // what was begun with a handle is not disturbed by its end: nobody waits between the one and the other
    const asked = domain.getState();
    this.#handles.set(uuid, domain);
    try {
      return { uuid, name, state: stateName((await asked).state) };
    } catch (error) {
      this.#handles.delete(uuid);
      throw error;
    }
  }
}
