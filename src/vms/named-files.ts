import type { DomainDescription, DomainDisk } from '../xml/domain.js';
import type { ChainLink } from './chain.js';
import type { DiskContext } from './context.js';
import { demandImage } from './disks.js';
import { named, openAllowed, openSeed } from './files.js';
import type { HostFile } from './host-file.js';
import { seedsOf } from './seed-path.js';
import { demandVolume } from './volumes.js';

/** A place in a VM's definition that names a file, and what was found there. */
export interface NamedFiles {
  /** Where the request that made the VM had it. */
  field: string;
  problem: 'path-not-allowed' | 'volume-refused';
  /** The disk, as the guest has it. */
  target?: string;
  /** The file, and what it stands on; none, where it is not on this host. */
  files: readonly ChainLink[];
}

/** A file that is taken as it is, whatever is in it. */
async function plainFile(field: string, open: () => Promise<HostFile>): Promise<NamedFiles> {
  await using file = await named('path-not-allowed', field, open);
  const { name, path, id } = file;
  return { field, problem: 'path-not-allowed', files: [{ name, path, id, format: 'raw' }] };
}

/** The files of one disk. @throws as findFiles */
export async function filesOfDisk(
  context: DiskContext,
  { path, pool, volume, format = 'raw', target }: DomainDisk,
  field: string,
): Promise<NamedFiles[]> {
  const at = target === undefined ? {} : { target };
  if (path !== undefined) {
    const files = await demandImage(context, path, format, field);
    return [{ ...at, field: `${field}/path`, problem: 'path-not-allowed', files }];
  }
  if (pool === undefined || volume === undefined) return [];
  const { chain: files } = await demandVolume(context, { pool, volume }, field, format);
  return [{ ...at, field: `${field}/volume`, problem: 'volume-refused', files }];
}

/**
 * All files that a VM's definition names, each of which it may have. Firmware and its variables are libvirt's own choice.
 * @throws Problem path-not-allowed, volume-refused, volume-not-found; LibvirtError
 */
export async function findFiles(
  context: DiskContext,
  { uuid, boot, disks }: DomainDescription,
): Promise<NamedFiles[]> {
  const found: NamedFiles[] = [];
  for (const what of ['kernel', 'initrd'] as const) {
    const path = boot?.[what];
    if (path !== undefined) found.push(await plainFile(`/boot/${what}`, () => openAllowed(path, context)));
  }
  const seeds = seedsOf({ uuid, disks });
  let index = 0;
  for (const disk of disks) {
    const { path = '', device } = disk;
    if (seeds.includes(path)) found.push(await plainFile('/cloudInit', () => openSeed(path, context)));
    else
      found.push(...(await filesOfDisk(context, disk, device === 'cdrom' ? '/cdrom' : `/disks/${index++}`)));
  }
  return found;
}
