import { type Element, elements, find, parseXml } from './tree.js';

/** An image under another one, as libvirt has handed it to QEMU. */
export interface LiveBacking {
  /** Undefined: it is no file. */
  path?: string;
  format?: string;
}

function backingsOf(disk: Element): LiveBacking[] {
  const backings: LiveBacking[] = [];
  // the last one is empty: it says that there is nothing below
  for (let at = find(disk, 'backingStore'); elements(at).length > 0; at = find(at, 'backingStore')) {
    const source = find(at, 'source')?.attributes;
    const path = source?.file ?? source?.dev;
    const format = find(at, 'format')?.attributes.type;
    backings.push({ ...(path !== undefined && { path }), ...(format !== undefined && { format }) });
  }
  return backings;
}

/**
 * What the disks of a running VM stand on, by their targets; without those of which libvirt does not tell.
 * @param xml the live XML
 */
export function readBackings(xml: string): Map<string, LiveBacking[]> {
  const disks = elements(find(parseXml(xml), 'devices'), 'disk').filter((disk) => find(disk, 'backingStore'));
  return new Map(disks.map((disk) => [find(disk, 'target')?.attributes.dev ?? '', backingsOf(disk)]));
}
