import { fieldProblem, Problem } from '../errors.js';
import { endOf } from '../expiry.js';
import type { Policy } from '../schemas/config.js';
import type { Trust } from '../xml/metadata.js';
import { readCoverage } from './coverage.js';
import { decideFilters } from './policy.js';
import { shippedNames } from './shipped.js';
import type { FilterRules } from './wanted.js';

/** What each filter that comes with the service was seen to stop. */
const stopped = new Map(
  readCoverage()
    .filters.filter(({ filter }) => shippedNames.includes(filter))
    .map(({ filter, stops }) => [filter, stops]),
);

/**
 * Whether filters stop all that another one stops: it is among them, or all that it is a list of is, or they were seen to.
 * @param names all that a NIC's filters are made of
 */
function cover({ catalog }: FilterRules, names: ReadonlySet<string>, other: string): boolean {
  if (names.has(other)) return true;
  const { filters } = catalog.tree([other]);
  const entries = filters.find(({ name }) => name === other)?.entries ?? [];
  const parts = entries.flatMap((entry) => ('ref' in entry ? [entry.ref] : []));
  if (parts.length > 0 && parts.length === entries.length && parts.every((part) => names.has(part)))
    return true;
  const seen = (name: string): readonly string[] =>
    catalog.has(name) && !catalog.changed.includes(name) ? (stopped.get(name) ?? []) : [];
  const wanted = seen(other);
  const all = new Set([...names].flatMap(seen));
  return wanted.length > 0 && wanted.every((row) => all.has(row));
}

/** What NICs get for which nothing is named, in VMs of the cluster's level. */
const defaultsOf = (policy: Policy): string[] =>
  decideFilters(policy, { filterable: true, record: undefined, compatibilityVersion: undefined }).filters;

/** The default filters that a NIC with these would do without. */
export function lackingOf(rules: FilterRules, filters: readonly string[]): string[] {
  const names = new Set(rules.catalog.tree(filters).filters.map(({ name }) => name));
  return defaultsOf(rules.policy).filter((name) => !cover(rules, names, name));
}

/** @throws Problem trust-required, unless somebody asks who may trust NICs */
export function demandTrust(mayTrust: boolean, path: string, message: string): void {
  if (mayTrust) return;
  const detail = `${path} ${message}: that takes the permission to trust a NIC.`;
  throw new Problem('trust-required', detail, { errors: [{ path, message }] });
}

/**
 * Whether NICs of a VM of this level are to be without the filters that others get.
 * @param path what asks for it in the request, and in which words
 * @throws Problem trust-required
 */
export function demandLevel(
  policy: Policy,
  version: string | null | undefined,
  mayTrust: boolean,
  [path, message] = ['/compatibilityVersion', 'is a level at which NICs get no filter by default'],
): void {
  if (version === null || version === undefined || defaultsOf(policy).length === 0) return;
  const { filters } = decideFilters(policy, {
    filterable: true,
    record: undefined,
    compatibilityVersion: version,
  });
  if (filters.length === 0) demandTrust(mayTrust, path, message);
}

/** Whether a NIC is trusted no longer. */
export const hasExpired = (trust: Trust | undefined, at: number): boolean => endOf(trust?.expiresAt) <= at;

/** @throws Problem invalid-request */
export function demandNotExpired(trust: Trust | undefined, field: string): void {
  if (hasExpired(trust, Date.now()))
    throw fieldProblem('invalid-request', `${field}/expiresAt`, 'must be a time that lies in the future');
}
