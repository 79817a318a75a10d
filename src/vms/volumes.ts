import { type Connection, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL } from 'node-libvirt';
import { fieldProblem, isNotFound, Problem } from '../errors.js';
import type { VolumeRecord } from '../xml/metadata.js';
import { buildVolume, readVolume, type VolumeDescription } from '../xml/volume.js';
import type { ChainLink } from './chain.js';
import type { DiskContext } from './context.js';
import { named } from './files.js';
import type { PlannedVolume } from './new-volume.js';
import { readVolumeChain } from './volume-chain.js';

/** A volume, and the images that it is made of; none, where they are not on this host. */
export interface FoundVolume extends VolumeDescription {
  chain: ChainLink[];
}

/**
 * A volume that exists, and that a VM may use.
 * @param format that it is used in; what libvirt takes it for, when absent
 * @throws Problem volume-not-found, volume-refused
 */
export async function demandVolume(
  context: DiskContext,
  { pool, volume }: VolumeRecord,
  field: string,
  format?: string,
): Promise<FoundVolume> {
  try {
    await using storagePool = await context.connection.lookupStoragePoolByName(pool);
    await using storageVol = await storagePool.lookupVolByName(volume);
    const description = readVolume(await storageVol.getXMLDesc());
    const chain = await named('volume-refused', `${field}/volume`, () =>
      readVolumeChain(context, description, format ?? description.format),
    );
    return { ...description, chain };
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_STORAGE_VOL)) {
      throw fieldProblem(
        'volume-not-found',
        `${field}/volume`,
        `names a volume that the pool does not have: ${volume}`,
      );
    }
    throw noPool(error, pool, field);
  }
}

/** What a failed look-up of a pool comes to. */
export function noPool(error: unknown, pool: string, field: string): unknown {
  if (!isNotFound(error, VIR_ERR_NO_STORAGE_POOL)) return error;
  return fieldProblem(
    'volume-not-found',
    `${field}/pool`,
    `names a storage pool that libvirt does not have: ${pool}`,
  );
}

/** @throws LibvirtError, Problem when the pool is gone meanwhile */
export async function makeVolume(connection: Connection, { pool, spec }: PlannedVolume): Promise<void> {
  await using storagePool = await connection.lookupStoragePoolByName(pool);
  await (await storagePool.createVolXML(buildVolume(spec))).close();
}

/** Deletes a volume; one that is not there any more is as good. @throws LibvirtError, Problem pool-unsuitable */
export async function deleteVolume(connection: Connection, { pool, volume }: VolumeRecord): Promise<void> {
  try {
    await using storagePool = await connection.lookupStoragePoolByName(pool);
    if (!(await storagePool.isActive())) {
      throw new Problem(
        'pool-unsuitable',
        `The storage pool ${pool}, which has the volume ${volume}, is not started.`,
      );
    }
    await using storageVol = await storagePool.lookupVolByName(volume);
    await storageVol.delete();
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_STORAGE_VOL)) throw error;
  }
}
