import { defaultFilter } from '../filtering/policy.js';
import { compareVersions } from '../filtering/version.js';

/** From this level on a NIC's filter can be named; before, there is the default only. */
const namedSince = '3.6';
const known: ReadonlyMap<string, string> = new Map([
  [defaultFilter, '3.2'],
  ['clean-traffic-gateway', '4.2'],
]);

/**
 * The lowest compatibility level at which a filter is offered, as oVirt has it. One of a user's own is offered where all
 * that it is made of is.
 * @param tree the filter and all that it refers to
 */
export function minimumCompatibilityVersion(name: string, tree: readonly string[]): string {
  const own = known.get(name);
  if (own !== undefined) return own;
  const levels = tree.map((part) => known.get(part) ?? namedSince);
  return [namedSince, ...levels].reduce((a, b) => (compareVersions(a, b) >= 0 ? a : b));
}
