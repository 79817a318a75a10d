import type { CloudInitInput } from '../schemas/cloud-init.js';
import { qemuGroup } from '../xml/capabilities.js';
import type { VmContext } from './context.js';
import type { MachinePlan } from './plan.js';
import { makeSeed, removeSeed } from './seed.js';
import { deleteVolume, makeVolume } from './volumes.js';

/**
 * The volumes and the seed of a new VM. They are made once the VM is defined, whose record names them: whatever happens
 * in between, deleting the VM deletes them.
 */
export class Belongings {
  readonly #context: VmContext;
  readonly #plan: MachinePlan;
  readonly #cloudInit: CloudInitInput | undefined;
  /** How to undo what was made, in the order of the making. */
  readonly #made: { what: string; undo: () => Promise<void> }[] = [];

  constructor(context: VmContext, plan: MachinePlan, cloudInit: CloudInitInput | undefined) {
    this.#context = context;
    this.#plan = plan;
    this.#cloudInit = cloudInit;
  }

  /** @throws Problem cloud-init-unavailable, LibvirtError; what was made until then is to be discarded */
  async make(): Promise<void> {
    const { connection } = this.#context;
    const { spec: vm, volumes } = this.#plan;
    for (const volume of volumes) {
      await makeVolume(connection, volume);
      const { pool, spec } = volume;
      this.#made.push({
        what: `the volume ${spec.name} of the pool ${pool}`,
        undo: () => deleteVolume(connection, { pool, volume: spec.name }),
      });
    }
    const { seed, uuid, name } = vm;
    if (seed === undefined || !this.#cloudInit) return;
    const group = qemuGroup(await connection.getCapabilities());
    await makeSeed(seed, this.#cloudInit, { uuid, name, qemuGroup: group });
    this.#made.push({ what: 'the cloud-init seed', undo: () => removeSeed(seed) });
  }

  /** Deletes what was made, after a failure. Never rejects: what cannot be deleted is named in the log. */
  async discard(): Promise<void> {
    for (const { what, undo } of this.#made.reverse()) {
      await undo().catch((error: unknown) => {
        this.#context.log.error(
          { err: error, vm: this.#plan.spec.name, uuid: this.#plan.spec.uuid },
          `${what} is left over from a VM whose creation failed`,
        );
      });
    }
  }
}
