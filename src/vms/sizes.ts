import {
  type Connection,
  type Domain,
  type StorageVol,
  VIR_DOMAIN_BLOCK_RESIZE_BYTES,
  VIR_ERR_NO_STORAGE_POOL,
  VIR_ERR_NO_STORAGE_VOL,
} from 'node-libvirt';
import { fieldProblem, isNotFound, Problem } from '../errors.js';
import type { SizedDisk } from '../schemas/disk.js';
import { type DomainDescription, type DomainDisk, readDomain } from '../xml/domain.js';
import { readVolume } from '../xml/volume.js';
import type { DiskContext } from './context.js';
import { filesOfDisk } from './named-files.js';

const GiB = 2 ** 30;

/** The volume of a pool behind a disk; undefined when there is none. */
async function volumeOf(connection: Connection, disk: DomainDisk): Promise<StorageVol | undefined> {
  try {
    if (disk.pool !== undefined && disk.volume !== undefined) {
      await using pool = await connection.lookupStoragePoolByName(disk.pool);
      return await pool.lookupVolByName(disk.volume);
    }
    return disk.path === undefined ? undefined : await connection.lookupStorageVolByPath(disk.path);
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_STORAGE_POOL) || isNotFound(error, VIR_ERR_NO_STORAGE_VOL))
      return undefined;
    throw error;
  }
}

/** The disks of a VM as its XML names them (live, when it runs), with the sizes of those that are volumes. */
export async function readDisks(connection: Connection, domain: Domain): Promise<SizedDisk[]> {
  const { disks, record } = readDomain(await domain.getXMLDesc());
  return Promise.all(
    disks.map(async (disk) => {
      const owned = record.volumes.some(({ pool, volume }) => pool === disk.pool && volume === disk.volume);
      await using volume = await volumeOf(connection, disk);
      const info = await volume?.getInfo();
      return {
        ...disk,
        owned,
        ...(info && { sizeGiB: info.capacity / GiB, allocatedGiB: info.allocation / GiB }),
      };
    }),
  );
}

/**
 * Lets libvirt's tool open a disk, for a VM that is off. It goes by what libvirt takes the volume for, which a guest may have
 * written into one that is raw.
 * @throws Problem disk-not-resizable, volume-refused
 */
async function demandOpenable(
  context: DiskContext,
  { disks, record }: DomainDescription,
  disk: DomainDisk,
  volume: StorageVol,
): Promise<void> {
  const { format } = readVolume(await volume.getXMLDesc());
  if (format !== (disk.format ?? 'raw')) {
    throw new Problem(
      'disk-not-resizable',
      `${disk.target} is ${disk.format ?? 'raw'}, and libvirt takes what is in it for ${format}.`,
    );
  }
  // those of others may stand on images anywhere
  if (record.createdAt !== undefined) await filesOfDisk(context, disk, `/disks/${disks.indexOf(disk)}`);
}

/**
 * Grows a disk. While the VM runs QEMU does it, which has the volume open, and tells the guest. The caller holds the
 * VM's lock.
 * @throws Problem disk-not-found, disk-not-resizable, volume-refused, invalid-request; LibvirtError
 */
export async function growDisk(
  context: DiskContext,
  domain: Domain,
  target: string,
  sizeGiB: number,
): Promise<void> {
  const { connection } = context;
  const vm = readDomain(await domain.getXMLDesc());
  const disk = vm.disks.find((candidate) => candidate.target === target);
  if (!disk) throw new Problem('disk-not-found', `The VM ${domain.name} has no disk ${target}.`);
  if (disk.device !== 'disk' || disk.readOnly) {
    throw new Problem(
      'disk-not-resizable',
      `${target} is ${disk.readOnly ? 'read-only' : `a ${disk.device}`}.`,
    );
  }
  await using volume = await volumeOf(connection, disk);
  if (!volume) throw new Problem('disk-not-resizable', `${target} is not a volume of a storage pool.`);
  const { capacity } = await volume.getInfo();
  if (sizeGiB * GiB < capacity) {
    throw fieldProblem(
      'invalid-request',
      '/sizeGiB',
      `must be at least ${capacity / GiB}: a disk only grows`,
    );
  }
  if (sizeGiB * GiB === capacity) return;
  if (await domain.isActive()) await domain.blockResize(target, sizeGiB * GiB, VIR_DOMAIN_BLOCK_RESIZE_BYTES);
  else {
    await demandOpenable(context, vm, disk, volume);
    await volume.resize(sizeGiB * GiB);
  }
}
