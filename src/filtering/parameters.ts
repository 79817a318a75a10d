import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type FieldError, Problem } from '../errors.js';
import { controlVariables, type FilterCatalog } from './catalog.js';

export interface FilterParameter {
  name: string;
  value: string;
}

/** What a value must be, for the names whose meaning is fixed. libvirt takes a malformed IP for a wish to learn it. */
const meanings: ReadonlyMap<string, { test: (value: string) => boolean; what: string }> = new Map([
  ['IP', { test: isIPv4, what: 'an IPv4 address' }],
  ['IPV6', { test: isIPv6, what: 'an IPv6 address' }],
  ['DHCPSERVER', { test: (value: string) => isIP(value) !== 0, what: 'an IP address' }],
  [
    'CTRL_IP_LEARNING',
    { test: (value: string) => ['none', 'any', 'dhcp'].includes(value), what: 'none, any or dhcp' },
  ],
]);

/** What a value must be that it is not; undefined where all is well, or any value does. */
export function wrongValue(name: string, value: string): string | undefined {
  const meaning = meanings.get(name);
  return meaning && !meaning.test(value) ? `must be ${meaning.what}` : undefined;
}

function check(
  { name, value }: FilterParameter,
  known: ReadonlySet<string>,
  given: ReadonlyMap<string, string>,
): string | undefined {
  if (name === 'MAC') return "is MAC, which is the NIC's own and cannot be set";
  // to libvirt a NIC's value comes before that of a reference: who wrote the filter would be overruled
  const giver = given.get(name);
  if (giver !== undefined) return `is ${name}, which the filter ${giver} gives by itself`;
  if (!known.has(name)) return `is ${name}, which no filter of the NIC uses`;
  return wrongValue(name, value);
}

/** What a NIC with these filters may set by itself. */
function settable(catalog: FilterCatalog, filters: readonly string[]): Set<string> {
  const needed = catalog.variables(filters);
  return filters.length > 0 ? new Set([...needed, ...controlVariables]) : needed;
}

/** Those of a NIC's parameters that filters have a use for. */
export function usableParameters(
  catalog: FilterCatalog,
  filters: readonly string[],
  parameters: readonly FilterParameter[],
): FilterParameter[] {
  const known = settable(catalog, filters);
  const byReference = catalog.given(filters);
  return parameters.filter((parameter) => check(parameter, known, byReference) === undefined);
}

/**
 * Checks a NIC's parameters against the whole tree of its filters, before libvirt is asked.
 * @param field where the parameters stand in the request
 * @throws Problem invalid-request naming each parameter that is wrong or missing
 */
export function checkParameters(
  catalog: FilterCatalog,
  filters: readonly string[],
  parameters: readonly FilterParameter[],
  field: string,
): void {
  const needed = catalog.variables(filters);
  const known = settable(catalog, filters);
  const byReference = catalog.given(filters);
  const errors: FieldError[] = parameters.flatMap((parameter, i) => {
    const message = check(parameter, known, byReference);
    return message === undefined
      ? []
      : [{ path: `${field}/${i}/${message.startsWith('must') ? 'value' : 'name'}`, message }];
  });
  const given = new Set(parameters.map(({ name }) => name));
  const learns = parameters.some(({ name, value }) => name === 'CTRL_IP_LEARNING' && value !== 'none');
  for (const name of needed) {
    // Learning trusts the guest's first address: it is never what one gets for having forgotten the parameter.
    if (given.has(name) || (name === 'IP' && learns)) continue;
    errors.push({ path: field, message: `must give ${name}, which the filters ${filters.join(', ')} need` });
  }
  if (errors.length === 0) return;
  throw new Problem(
    'invalid-request',
    `${errors.map(({ path, message }) => `${path} ${message}`).join('; ')}.`,
    { errors },
  );
}
