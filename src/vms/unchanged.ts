import type { Connection } from 'node-libvirt';
import { endOf } from '../expiry.js';
import { Listing } from '../http/listing.js';
import { filesMark } from '../libvirt/files.js';
import { Recent } from '../recent.js';
import type { Policy } from '../schemas/config.js';
import type { Vm, VmSummary } from '../schemas/vm.js';
import type { VmContext } from './context.js';
import { DomainHandles } from './domain-handles.js';
import { findVm, listStates, listVms } from './read.js';

type Context = Pick<VmContext, 'connection' | 'policy'>;

/** VMs, and whether they are the ones that were read before. */
export interface VmListing {
  listing: Listing<Vm>;
  unchanged: boolean;
}

/** What VMs are made of beside what libvirt says when it is asked; undefined where it cannot be seen whether that changes. */
interface Basis {
  connection: Connection;
  policy: Policy;
  /** libvirt's files when the VMs were about to be read. */
  mark: string;
}

interface Remembered extends Basis {
  listing: Listing<Vm>;
  /** What libvirt then said of the VMs' states. */
  states: string;
  /** The same, as it was said last. */
  said?: readonly VmSummary[];
  /** When trust in a NIC ends, ms since the epoch. */
  until: number;
}

/** Of single VMs. */
const limits = { count: 2048 };

/** What is remembered of single VMs over a connection, and goes with it. */
interface Single {
  /** By what they were asked for as. */
  last: Recent<string, Remembered>;
  handles: DomainHandles;
}

function basisOf({ connection, policy }: Context): Basis | undefined {
  const mark = filesMark(connection, 'all');
  return mark === undefined ? undefined : { connection, policy: policy(), mark };
}

const holds = (last: Remembered, now: Basis): boolean =>
  last.mark === now.mark &&
  last.connection === now.connection &&
  last.policy === now.policy &&
  Date.now() < last.until;

const spell = (vms: readonly VmSummary[]): string =>
  JSON.stringify(vms.map(({ uuid, name, state }) => [uuid, name, state]));

/** Whether VMs that were read before are still there, and in the same states. */
function areStill(last: Remembered, now: readonly VmSummary[]): boolean {
  if (now === last.said) return true;
  if (spell(now) !== last.states) return false;
  last.said = now;
  return true;
}

/** When what was read of VMs is over though nobody has changed anything, ms since the epoch. */
const endOfAll = (vms: readonly Vm[]): number =>
  vms
    .flatMap(({ nics }) => nics.map(({ trust }) => endOf(trust?.expiresAt)))
    .reduce((a, b) => Math.min(a, b), Infinity);

/** VMs, and the same ones again while libvirt says, now, that they are in the same states, and its files that nothing has changed. */
export class UnchangedVms {
  #all: Remembered | undefined;
  readonly #single = new WeakMap<Connection, Single>();

  /** All VMs. @throws LibvirtError */
  async list(context: Context): Promise<VmListing> {
    const states = (): Promise<readonly VmSummary[]> => listStates(context);
    const read = await this.#read(context, this.#all, states, () => listVms(context));
    this.#all = read.remembered;
    return read;
  }

  /** One by its UUID or name. @throws Problem vm-not-found, LibvirtError */
  async find(context: Context, vm: string): Promise<VmListing> {
    const { last: known, handles } = this.#singleOf(context);
    const last = known.get(vm);
    // while libvirt's files are as they were, its name is, too
    const state = (): Promise<VmSummary[]> =>
      Promise.all(last?.listing.items.map((one) => handles.summary(one)) ?? []);
    const read = await this.#read(context, last, state, async () => [await findVm(context, vm)]);
    if (read.remembered) known.set(vm, read.remembered);
    else known.delete(vm);
    return read;
  }

  #singleOf({ connection }: Context): Single {
    const single = this.#single.get(connection) ?? {
      last: new Recent(limits),
      handles: new DomainHandles(connection, limits),
    };
    this.#single.set(connection, single);
    return single;
  }

  async #read(
    context: Context,
    last: Remembered | undefined,
    states: () => Promise<readonly VmSummary[]>,
    read: () => Promise<Vm[]>,
  ): Promise<VmListing & { remembered: Remembered | undefined }> {
    // first of all: what changes after this changes the mark
    const basis = basisOf(context);
    if (last && basis && holds(last, basis) && areStill(last, await states()))
      return { listing: last.listing, unchanged: true, remembered: last };
    const vms = await read();
    const listing = new Listing(vms);
    const remembered = basis && { ...basis, listing, states: spell(vms), until: endOfAll(vms) };
    return { listing, unchanged: false, remembered };
  }
}
