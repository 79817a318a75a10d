import type { Domain } from 'node-libvirt';
import type { MigrateInput } from '../schemas/migration.js';

/** libvirt's word for any speed, MiB/s. */
const anySpeed = 8_796_093_022_207;
/** While the destination's filters are not seen: slow enough for no guest's memory to come to its end, MiB/s. */
const heldSpeed = 1;

interface Limits {
  /** MiB/s. */
  speed: number;
  /** ms. */
  downtime: number;
}

/** How fast a VM's memory is sent, and for how long it may stand still; put back when it stays. */
export class Pace {
  readonly #domain: Domain;
  readonly #before: Limits;
  readonly #wanted: Limits;

  private constructor(domain: Domain, before: Limits, { bandwidthMiBps, maxDowntimeMs }: MigrateInput) {
    this.#domain = domain;
    this.#before = before;
    this.#wanted = { speed: bandwidthMiBps ?? anySpeed, downtime: maxDowntimeMs ?? before.downtime };
  }

  /**
   * Holds what is to be sent. A copy of disks comes before the memory and would be held, too: it is not.
   * @throws LibvirtError
   */
  static async hold(domain: Domain, input: MigrateInput): Promise<Pace> {
    const [speed, downtime] = [await domain.migrateGetMaxSpeed(), await domain.migrateGetMaxDowntime()];
    const pace = new Pace(domain, { speed, downtime }, input);
    const copies = (input.copyStorage ?? 'none') !== 'none';
    await domain.migrateSetMaxSpeed(copies ? pace.#wanted.speed : heldSpeed);
    return pace;
  }

  /** Lets it be sent as was asked. @throws LibvirtError */
  async release(): Promise<void> {
    await this.#domain.migrateSetMaxDowntime(this.#wanted.downtime);
    await this.#domain.migrateSetMaxSpeed(this.#wanted.speed);
  }

  /** Puts back what was before; a VM that is gone has nothing to be put back. */
  async restore(): Promise<void> {
    await this.#domain.migrateSetMaxSpeed(this.#before.speed).catch(() => undefined);
    await this.#domain.migrateSetMaxDowntime(this.#before.downtime).catch(() => undefined);
  }
}
