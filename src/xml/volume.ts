import { element, find, formatXml, parseXml, textOf } from './tree.js';
import { bytesOf } from './units.js';

/** A new volume of a storage pool. */
export interface VolumeSpec {
  name: string;
  capacityBytes: number;
  format: string;
  /** Grows as it is written, instead of having all its space from the beginning. */
  thin: boolean;
  /** What it is a copy of until it is written; its format is said here, since probing it would trust a guest. */
  backing?: { path: string; format: string };
}

export function buildVolume({ name, capacityBytes, format, thin, backing }: VolumeSpec): string {
  return formatXml(
    element('volume', {}, [
      element('name', {}, [name]),
      element('capacity', { unit: 'bytes' }, [String(capacityBytes)]),
      thin ? element('allocation', { unit: 'bytes' }, ['0']) : undefined,
      element('target', {}, [element('format', { type: format })]),
      backing &&
        element('backingStore', {}, [
          element('path', {}, [backing.path]),
          element('format', { type: backing.format }),
        ]),
    ]),
  );
}

/** What the service reads of a volume's XML. */
export interface VolumeDescription {
  /** What libvirt has found it to be: file, block, dir, network, netdir or ploop. */
  type: string;
  format: string;
  capacityBytes: number;
  path?: string;
}

export function readVolume(xml: string): VolumeDescription {
  const volume = parseXml(xml);
  const path = textOf(find(volume, 'target', 'path'));
  return {
    type: volume.attributes.type ?? 'file',
    format: find(volume, 'target', 'format')?.attributes.type ?? 'raw',
    capacityBytes: bytesOf(find(volume, 'capacity')),
    ...(path !== undefined && { path }),
  };
}

/** Pools whose volumes are files, which can be thin and can stand on another image. */
const fileBased: readonly string[] = ['dir', 'fs', 'netfs'];

export const isFileBasedPool = (xml: string): boolean =>
  fileBased.includes(parseXml(xml).attributes.type ?? '');
