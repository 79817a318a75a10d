import { Recent } from '../recent.js';

/** So many texts are remembered for one reader; the one that was not read for the longest goes first. */
const most = 4096;

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

/**
 * A reader that remembers what it made of each text, so that what libvirt tells again in the same words is not read again. All
 * who read the text share the value: it is frozen.
 */
export function byText<T extends object>(read: (text: string) => T): (text: string) => T {
  const known = new Recent<string, T>(most);
  return (text) => {
    const value = known.get(text) ?? read(text);
    freeze(value);
    known.set(text, value);
    return value;
  };
}
