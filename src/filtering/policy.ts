import { filterableTypes } from '../schemas/nic.js';

/** The filter that a NIC gets when nothing else is said. */
export const defaultFilter = 'vdsm-no-mac-spoofing';

/** Whether libvirt filters interfaces of this type; a network only when it stands on a bridge. */
export function isFilterableType(type: string): boolean {
  return (filterableTypes as readonly string[]).includes(type);
}
