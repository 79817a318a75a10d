import { fieldProblem } from '../errors.js';
import type { DiskInput } from '../schemas/disk.js';
import type { DiskSource, DiskSpec } from '../xml/disk.js';
import { type ChainLink, readChain } from './chain.js';
import type { DiskContext } from './context.js';
import { allowedFile, type FilePlaces, named, openAllowed } from './files.js';
import { type PlannedVolume, planVolume } from './new-volume.js';
import { usedAs } from './volume-chain.js';
import { demandVolume } from './volumes.js';

type SourceInput = Pick<DiskInput, 'path' | 'pool' | 'volume'>;

/** Checks that a disk is named in exactly one way, and that it is there. */
async function checkSource(
  context: DiskContext,
  { path, pool, volume }: SourceInput,
  pathFormat: string,
  field: string,
): Promise<DiskSource> {
  if (path !== undefined && pool === undefined && volume === undefined) {
    const real = await allowedFile(path, context, `${field}/path`);
    await demandImage(context, real, pathFormat, field);
    return { path: real, format: pathFormat };
  }
  if (path === undefined && pool !== undefined && volume !== undefined) {
    const { format } = await demandVolume(context, { pool, volume }, field);
    return { pool, volume, format: usedAs(format) };
  }
  throw fieldProblem('invalid-request', field, 'must have one of: path; pool and volume; pool and sizeGiB');
}

/**
 * The images of a disk that is named by the path of a file.
 * @throws Problem path-not-allowed
 */
export function demandImage(
  places: FilePlaces,
  path: string,
  format: string,
  field: string,
): Promise<ChainLink[]> {
  return named('path-not-allowed', `${field}/path`, () =>
    readChain(path, format, (image) => openAllowed(image, places)),
  );
}

export async function checkDisk(context: DiskContext, disk: DiskInput, field: string): Promise<DiskSpec> {
  if (disk.format !== undefined && disk.path === undefined) {
    throw fieldProblem(
      'invalid-request',
      `${field}/format`,
      'goes with path or a new volume: one that exists has its own',
    );
  }
  const source = await checkSource(context, disk, disk.format ?? 'qcow2', field);
  return { source, readOnly: disk.readOnly ?? false };
}

export function checkCdrom(context: DiskContext, cdrom: SourceInput, field: string): Promise<DiskSource> {
  return checkSource(context, cdrom, 'raw', field);
}

/** A disk of a new VM, and the volume that is to be made for it. */
export interface PlannedDisk {
  disk: DiskSpec;
  volume?: PlannedVolume;
}

/** The same as checkDisk, and for a disk that does not exist yet: what it will be, with a volume of this name. */
export async function planDisk(
  context: DiskContext,
  disk: DiskInput,
  name: string,
  field: string,
): Promise<PlannedDisk> {
  if (disk.sizeGiB === undefined && disk.backing === undefined) {
    return { disk: await checkDisk(context, disk, field) };
  }
  const volume = await planVolume(context, disk, name, field);
  const { pool, spec } = volume;
  return {
    disk: { source: { pool, volume: spec.name, format: spec.format }, readOnly: disk.readOnly ?? false },
    volume,
  };
}
