import type { CloudInitInput } from '../schemas/cloud-init.js';
import { qemuGroup } from '../xml/capabilities.js';
import type { VmContext } from './context.js';
import type { MachinePlan } from './plan.js';
import { makeSeed } from './seed.js';
import { makeVolume } from './volumes.js';

/**
 * Makes the volumes and the seed of a new VM. It is defined already, and its record names them: whatever happens in
 * between, removing the VM deletes them.
 * @throws Problem cloud-init-unavailable, LibvirtError
 */
export async function makeBelongings(
  { connection }: VmContext,
  { spec, volumes }: MachinePlan,
  cloudInit: CloudInitInput | undefined,
): Promise<void> {
  for (const volume of volumes) await makeVolume(connection, volume);
  const { seed, uuid, name } = spec;
  if (seed === undefined || !cloudInit) return;
  const group = qemuGroup(await connection.getCapabilities());
  await makeSeed(seed, cloudInit, { uuid, name, qemuGroup: group });
}
