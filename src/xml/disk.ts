import { type Element, element } from './tree.js';

/** Where a disk's content lies. A format that is not said is raw: an image is never probed for it. */
export type DiskSource = { path: string; format: string } | { pool: string; volume: string; format?: string };

export interface DiskSpec {
  source: DiskSource;
  readOnly: boolean;
}

function buildDisk(
  device: 'disk' | 'cdrom',
  dev: string,
  bus: string,
  { source, readOnly }: DiskSpec,
): Element {
  const byPath = 'path' in source;
  // what the guest deletes is given back to the host
  const discard = device === 'disk' && !readOnly ? 'unmap' : undefined;
  return element('disk', { type: byPath ? 'file' : 'volume', device }, [
    element('driver', { name: 'qemu', type: source.format ?? 'raw', discard }),
    element('source', byPath ? { file: source.path } : { pool: source.pool, volume: source.volume }),
    element('target', { dev, bus }),
    readOnly ? element('readonly') : undefined,
  ]);
}

const letter = (i: number): string => String.fromCharCode(97 + i);

export const buildDisks = (disks: DiskSpec[]): Element[] =>
  disks.map((disk, i) => buildDisk('disk', `vd${letter(i)}`, 'virtio', disk));

/**
 * CD-ROMs, with the controller that they are on: virtio-scsi, since kernels made for clouds (Debian's, for one) have no
 * driver for SATA, and would not find their cloud-init seed.
 */
export function buildCdroms(cdroms: DiskSource[]): Element[] {
  if (cdroms.length === 0) return [];
  return [
    element('controller', { type: 'scsi', index: 0, model: 'virtio-scsi' }),
    ...cdroms.map((source, i) => buildDisk('cdrom', `sd${letter(i)}`, 'scsi', { source, readOnly: true })),
  ];
}
