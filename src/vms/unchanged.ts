import type { Connection } from 'node-libvirt';
import { endOf } from '../expiry.js';
import { Listing } from '../http/listing.js';
import { filesMark } from '../libvirt/files.js';
import type { Policy } from '../schemas/config.js';
import type { Vm, VmSummary } from '../schemas/vm.js';
import type { VmContext } from './context.js';
import { listStates, listVms } from './read.js';

interface Remembered {
  listing: Listing<Vm>;
  connection: Connection;
  policy: Policy;
  /** libvirt's files when the VMs were about to be read. */
  mark: string;
  /** What libvirt then said of all VMs at once. */
  states: string;
  /** When trust in a NIC ends, ms since the epoch. */
  until: number;
}

const spell = (vms: readonly VmSummary[]): string =>
  JSON.stringify(vms.map(({ uuid, name, state }) => [uuid, name, state]));

/** All VMs, and whether they are the ones that were read before. */
export interface VmListing {
  listing: Listing<Vm>;
  unchanged: boolean;
}

/** All VMs, and the same ones again while libvirt says, now, that they are, and its files that nothing of them has changed. */
export class UnchangedVms {
  #last: Remembered | undefined;

  /** @throws LibvirtError */
  async read(context: Pick<VmContext, 'connection' | 'policy'>): Promise<VmListing> {
    const { connection } = context;
    const policy = context.policy();
    // first of all: what changes after this changes the mark
    const mark = filesMark(connection, 'all');
    const last = this.#last;
    if (
      last?.mark === mark &&
      last?.connection === connection &&
      last.policy === policy &&
      Date.now() < last.until &&
      last.states === spell(await listStates(context))
    ) {
      return { listing: last.listing, unchanged: true };
    }
    const vms = await listVms(context);
    const listing = new Listing(vms);
    const ends = vms.flatMap(({ nics }) => nics.map(({ trust }) => endOf(trust?.expiresAt)));
    const until = ends.reduce((a, b) => Math.min(a, b), Infinity);
    this.#last =
      mark === undefined ? undefined : { listing, connection, policy, mark, states: spell(vms), until };
    return { listing, unchanged: false };
  }
}
