import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Connection, VIR_ERR_NO_STORAGE_VOL } from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { readVolume, type VolumeDescription } from '../xml/volume.js';
import { type ChainLink, readChain } from './chain.js';
import type { DiskContext } from './context.js';
import { type FilePlaces, FileRefused, isDenied, isInside, isOwn, outOfReach } from './files.js';
import { HostFile } from './host-file.js';

/** What QEMU is to take a volume for: libvirt tells a CD-ROM's image from others, and QEMU does not. */
export const usedAs = (format: string): string => (format === 'iso' ? 'raw' : format);

/** What the pools of these volumes hold is not on this host. */
const elsewhere = ['network', 'netdir'];

/**
 * The images that a volume is made of: volumes of pools, all of them.
 * @param format that it is used in
 * @throws FileRefused
 */
export async function readVolumeChain(
  context: DiskContext,
  volume: VolumeDescription,
  format: string,
): Promise<ChainLink[]> {
  const used = usedAs(format);
  if (volume.path === undefined || elsewhere.includes(volume.type)) {
    if (used === 'raw') return [];
    throw new FileRefused(`is ${used} and not on this host, where it could be looked into`);
  }
  const { path } = volume;
  return readChain(path, used, async (image) =>
    openVolume(image, image === path ? volume : await volumeAt(context.connection, image), context),
  );
}

async function volumeAt(connection: Connection, path: string): Promise<VolumeDescription> {
  try {
    await using volume = await connection.lookupStorageVolByPath(path);
    return readVolume(await volume.getXMLDesc());
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_STORAGE_VOL)) throw error;
    throw new FileRefused('is no volume of a storage pool');
  }
}

/**
 * The file of a volume. libvirt lists as a volume whatever lies in a pool's directory, and follows links to tell what it is: so it
 * must be a regular file, and in that directory. Devices are volumes only as what they are: those of LVM, disks and the like, which
 * have their pools in /dev.
 */
async function openVolume(path: string, { type }: VolumeDescription, places: FilePlaces): Promise<HostFile> {
  const gone = (error: unknown): never => {
    throw new FileRefused(isDenied(error) ? outOfReach : 'is not there any more');
  };
  const file = await HostFile.at(path).catch(gone);
  try {
    if (type === 'block' && path.startsWith('/dev/') && file.kind === 'block') return file;
    if (file.kind !== 'regular') throw new FileRefused('is not a regular file');
    const pool = await realpath(dirname(path)).catch(gone);
    if (!isInside(file.path, pool)) throw new FileRefused('is a link to a file outside of its storage pool');
    if (await isOwn(file.path, places)) throw new FileRefused('is not for VMs to see');
    return file;
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}
