import { Recent } from '../recent.js';

/** A host's VMs have as many, each what runs and its definition. */
const limits = { count: 4096 };

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(freeze);
}

/**
 * A reader that remembers what it made of each text that is read again and again, so that what libvirt tells again in the same words
 * is not made out again. All who read the text share the value: it is frozen.
 */
export function byText<T extends object>(read: (text: string) => T): (text: string) => T {
  const known = new Recent<string, T>(limits);
  return (text) => {
    const last = known.get(text);
    if (last) return last;
    const value = read(text);
    freeze(value);
    known.set(text, value);
    return value;
  };
}
