import type { Connection, Domain } from 'node-libvirt';
import { Recent } from '../recent.js';
import type { VmSummary } from '../schemas/vm.js';
import { stateName } from './view.js';

/**
 * Handles, over one connection, of VMs that are asked for again and again: with one, libvirt is asked once for what a VM does,
 * without one twice.
 */
export class DomainHandles {
  readonly #connection: Connection;
  /** By UUID. */
  readonly #handles: Recent<string, Domain>;

  /** @param limits so many are kept open */
  constructor(connection: Connection, limits: { count: number }) {
    this.#connection = connection;
    this.#handles = new Recent(limits, (domain) => void domain.close());
  }

  /** What a VM does now. @throws LibvirtError */
  async summary({ uuid, name }: VmSummary): Promise<VmSummary> {
    const domain = this.#handles.get(uuid) ?? (await this.#connection.lookupDomainByUUIDString(uuid));
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
