import type { Connection } from 'node-libvirt';
import { fieldProblem } from '../errors.js';
import type { DiskInput } from '../schemas/disk.js';
import type { VolumeRecord } from '../xml/metadata.js';
import { isFileBasedPool, type VolumeDescription, type VolumeSpec } from '../xml/volume.js';
import type { DiskContext } from './context.js';
import { demandVolume, noPool } from './volumes.js';

/** A volume that is to be made for a VM. */
export interface PlannedVolume {
  pool: string;
  spec: VolumeSpec;
}

const GiB = 2 ** 30;

/** Whether the pool's volumes are files. @throws Problem volume-not-found, pool-unsuitable when it is not started */
async function poolHoldsFiles(connection: Connection, name: string, field: string): Promise<boolean> {
  try {
    await using pool = await connection.lookupStoragePoolByName(name);
    if (!(await pool.isActive())) {
      throw fieldProblem(
        'pool-unsuitable',
        `${field}/pool`,
        `names a storage pool that is not started: ${name}`,
      );
    }
    return isFileBasedPool(await pool.getXMLDesc());
  } catch (error) {
    throw noPool(error, name, field);
  }
}

/**
 * Checks a new volume against the host, and changes nothing.
 * @param name of the volume, without its ending
 * @throws Problem volume-not-found, volume-refused, pool-unsuitable or invalid-request
 */
export async function planVolume(
  context: DiskContext,
  { pool, volume, path, sizeGiB, format, backing }: DiskInput,
  name: string,
  field: string,
): Promise<PlannedVolume> {
  if (pool === undefined || sizeGiB === undefined || volume !== undefined || path !== undefined) {
    throw fieldProblem(
      'invalid-request',
      field,
      'is a new volume: it must have pool and sizeGiB, and no other source',
    );
  }
  const files = await poolHoldsFiles(context.connection, pool, field);
  const made = format ?? (files ? 'qcow2' : 'raw');
  if (made === 'qcow2' && !files) {
    throw fieldProblem('pool-unsuitable', `${field}/format`, 'must be raw: the pool does not hold files');
  }
  const base = backing && (await planBacking(context, backing, `${field}/backing`));
  if (base && made !== 'qcow2') {
    throw fieldProblem('invalid-request', `${field}/format`, 'must be qcow2 where there is a backing volume');
  }
  const capacityBytes = sizeGiB * GiB;
  if (base && base.capacityBytes > capacityBytes) {
    const least = Math.ceil(base.capacityBytes / GiB);
    throw fieldProblem(
      'invalid-request',
      `${field}/sizeGiB`,
      `must be at least ${least}, which the backing volume has`,
    );
  }
  return {
    pool,
    spec: {
      name: `${name}.${made}`,
      capacityBytes,
      format: made,
      thin: files,
      ...(base && { backing: { path: base.path, format: base.format } }),
    },
  };
}

async function planBacking(
  context: DiskContext,
  backing: VolumeRecord,
  field: string,
): Promise<VolumeDescription & { path: string }> {
  const { path, ...volume } = await demandVolume(context, backing, field);
  if (path === undefined || !['raw', 'qcow2'].includes(volume.format)) {
    throw fieldProblem(
      'volume-refused',
      `${field}/volume`,
      `cannot be stood on: its format is ${volume.format}`,
    );
  }
  return { ...volume, path };
}
