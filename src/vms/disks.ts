import { type Connection, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL } from 'node-libvirt';
import { fieldProblem, isNotFound } from '../errors.js';
import type { DiskInput } from '../schemas/vm.js';
import type { DiskSource, DomainSpec } from '../xml/domain-build.js';
import { find, parseXml } from '../xml/tree.js';
import { allowedFile } from './files.js';

/** A volume that exists, with its format. @throws Problem volume-not-found */
async function checkVolume(
  connection: Connection,
  pool: string,
  volume: string,
  field: string,
): Promise<{ pool: string; volume: string; format: string }> {
  try {
    await using storagePool = await connection.lookupStoragePoolByName(pool);
    await using storageVol = await storagePool.lookupVolByName(volume);
    const xml = parseXml(await storageVol.getXMLDesc());
    return { pool, volume, format: find(xml, 'target', 'format')?.attributes.type ?? 'raw' };
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_STORAGE_POOL)) {
      throw fieldProblem(
        'volume-not-found',
        `${field}/pool`,
        `names a storage pool that libvirt does not have: ${pool}`,
      );
    }
    if (isNotFound(error, VIR_ERR_NO_STORAGE_VOL)) {
      throw fieldProblem(
        'volume-not-found',
        `${field}/volume`,
        `names a volume that the pool does not have: ${volume}`,
      );
    }
    throw error;
  }
}

type SourceInput = Pick<DiskInput, 'path' | 'pool' | 'volume'>;

/** Checks that a disk is named in exactly one way, and that it is there. */
async function checkSource(
  connection: Connection,
  { path, pool, volume }: SourceInput,
  pathFormat: string,
  imageDirs: readonly string[],
  field: string,
): Promise<DiskSource> {
  if (path !== undefined && pool === undefined && volume === undefined) {
    return { path: await allowedFile(path, imageDirs, `${field}/path`), format: pathFormat };
  }
  if (path === undefined && pool !== undefined && volume !== undefined) {
    return checkVolume(connection, pool, volume, field);
  }
  throw fieldProblem('invalid-request', field, 'must have either path, or pool and volume');
}

export async function checkDisk(
  connection: Connection,
  disk: DiskInput,
  imageDirs: readonly string[],
  field: string,
): Promise<DomainSpec['disks'][number]> {
  if (disk.format !== undefined && disk.path === undefined) {
    throw fieldProblem('invalid-request', `${field}/format`, 'goes with path only: a volume has its own');
  }
  const source = await checkSource(connection, disk, disk.format ?? 'qcow2', imageDirs, field);
  return { source, readOnly: disk.readOnly ?? false };
}

export function checkCdrom(
  connection: Connection,
  cdrom: SourceInput,
  imageDirs: readonly string[],
  field: string,
): Promise<DiskSource> {
  return checkSource(connection, cdrom, 'raw', imageDirs, field);
}
