import { type Connection, VIR_ERR_NO_STORAGE_VOL } from 'node-libvirt';
import { fieldProblem, isNotFound } from '../errors.js';
import { readVolume, type VolumeDescription } from '../xml/volume.js';
import { isSeedPath } from './seed-path.js';

/** libvirt itself gives up at 200; nobody means to build more than a few. */
const longestChain = 32;

/**
 * Demands that an image and all that it stands on are volumes of pools. What an image stands on is written in the image,
 * and a guest may have written it: naming a file of the host there must not give that file to a VM.
 * @throws Problem volume-refused
 */
export async function demandChain(
  connection: Connection,
  volume: VolumeDescription,
  field: string,
): Promise<void> {
  let at = volume;
  for (let i = 0; ; i++) {
    if (at.path !== undefined && isSeedPath(at.path)) {
      throw fieldProblem('volume-refused', field, 'names the cloud-init seed of a VM');
    }
    if (at.backingPath === undefined) return;
    if (i === longestChain)
      throw fieldProblem('volume-refused', field, 'stands on too long a chain of images');
    at = await backingOf(connection, at.backingPath, field);
  }
}

async function backingOf(connection: Connection, path: string, field: string): Promise<VolumeDescription> {
  try {
    await using volume = await connection.lookupStorageVolByPath(path);
    return readVolume(await volume.getXMLDesc());
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_STORAGE_VOL)) throw error;
    throw fieldProblem('volume-refused', field, 'stands on an image that is no volume of a storage pool');
  }
}
