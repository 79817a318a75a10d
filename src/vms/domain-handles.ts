import type { Connection, Domain } from 'node-libvirt';
import type { VmSummary } from '../schemas/vm.js';
import { stateName } from './view.js';

/** Handles of VMs that are asked for again and again: with one, libvirt is asked once for what a VM does, without one twice. */
export class DomainHandles {
  readonly #most: number;
  /** By UUID, those that were used last at the end. */
  readonly #handles = new Map<string, Domain>();

  /** @param most so many are kept open */
  constructor(most: number) {
    this.#most = most;
  }

  /** What a VM does now. @throws LibvirtError */
  async summary(connection: Connection, { uuid, name }: VmSummary): Promise<VmSummary> {
    const known = this.#take(uuid);
    // that of a connection which is over was closed with it
    const domain = known && !known.closed ? known : await connection.lookupDomainByUUIDString(uuid);
    // what was begun with a handle is not disturbed by its end: nobody waits between the one and the other
    const asked = domain.getState();
    this.#keep(uuid, domain);
    try {
      return { uuid, name, state: stateName((await asked).state) };
    } catch (error) {
      void this.#take(uuid)?.close();
      throw error;
    }
  }

  #take(uuid: string): Domain | undefined {
    const domain = this.#handles.get(uuid);
    this.#handles.delete(uuid);
    return domain;
  }

  #keep(uuid: string, domain: Domain): void {
    const other = this.#take(uuid);
    if (other !== domain) void other?.close();
    this.#handles.set(uuid, domain);
    const [[oldest] = []] = this.#handles.size > this.#most ? this.#handles : [];
    if (oldest !== undefined) void this.#take(oldest)?.close();
  }
}
