import { hashJson } from '../http/canonical.js';
import { filterFromLibvirt } from './from-xml.js';
import { type Filter, isRef } from './model.js';

/** libvirt keeps the values of a parameter in order, the parameters by their names. */
function inLibvirtsOrder({ entries, ...head }: Filter): object {
  const ordered = entries.map((entry) => {
    if (!isRef(entry)) return entry;
    const parameters = entry.parameters.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return { ...entry, parameters };
  });
  return { ...head, uuid: undefined, entries: ordered };
}

/** Filters that were read are not changed. */
const hashes = new WeakMap<Filter, string>();

function hashOf(filter: Filter): string {
  const hash = hashes.get(filter) ?? hashJson(inLibvirtsOrder(filter));
  hashes.set(filter, hash);
  return hash;
}

/** Whether two filters say the same to libvirt, the UUID left aside. */
export const isSameFilter = (a: Filter, b: Filter): boolean => hashOf(a) === hashOf(b);

/** The same of two filters' XML, however each is written. @throws Error when one has what this service does not know */
export const sameFilter = (a: string, b: string): boolean =>
  isSameFilter(filterFromLibvirt(a), filterFromLibvirt(b));
