import type { Connection } from 'node-libvirt';
import { fieldProblem } from '../errors.js';
import type { DiskInput } from '../schemas/disk.js';
import type { DiskSource, DiskSpec } from '../xml/disk.js';
import { allowedFile } from './files.js';
import { type PlannedVolume, planVolume } from './new-volume.js';
import { demandVolume } from './volumes.js';

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
    const { format } = await demandVolume(connection, { pool, volume }, field);
    return { pool, volume, format };
  }
  throw fieldProblem('invalid-request', field, 'must have one of: path; pool and volume; pool and sizeGiB');
}

export async function checkDisk(
  connection: Connection,
  disk: DiskInput,
  imageDirs: readonly string[],
  field: string,
): Promise<DiskSpec> {
  if (disk.format !== undefined && disk.path === undefined) {
    throw fieldProblem(
      'invalid-request',
      `${field}/format`,
      'goes with path or a new volume: one that exists has its own',
    );
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

/** A disk of a new VM, and the volume that is to be made for it. */
export interface PlannedDisk {
  disk: DiskSpec;
  volume?: PlannedVolume;
}

/** The same as checkDisk, and for a disk that does not exist yet: what it will be, with a volume of this name. */
export async function planDisk(
  connection: Connection,
  disk: DiskInput,
  imageDirs: readonly string[],
  name: string,
  field: string,
): Promise<PlannedDisk> {
  if (disk.sizeGiB === undefined && disk.backing === undefined) {
    return { disk: await checkDisk(connection, disk, imageDirs, field) };
  }
  const volume = await planVolume(connection, disk, name, field);
  const { pool, spec } = volume;
  return {
    disk: { source: { pool, volume: spec.name, format: spec.format }, readOnly: disk.readOnly ?? false },
    volume,
  };
}
