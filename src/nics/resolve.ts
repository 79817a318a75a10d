import { fieldProblem } from '../errors.js';
import { isComposedName } from '../filtering/composed.js';
import { checkParameters, type FilterParameter } from '../filtering/parameters.js';
import { decideFilters } from '../filtering/policy.js';
import { demandNotExpired, demandTrust, lackingOf } from '../filtering/trust.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { NicInput } from '../schemas/nic.js';
import type { InterfaceSpec } from '../xml/interface-build.js';
import type { NicRecord } from '../xml/metadata.js';
import type { VmContext } from '../vms/context.js';
import { checkSource } from '../vms/sources.js';

type Asked = Pick<NicInput, 'filters' | 'trust'>;

/**
 * What is to be remembered of the filters that a request names; undefined when it names none, so that the policy decides.
 * @param field where the NIC stands in the request
 * @param mayTrust whether who asks may leave a NIC without the filters that it is to have
 * @throws Problem nwfilter-not-found, invalid-request, trust-required
 */
export function checkFilters(
  rules: FilterRules,
  { filters, trust }: Asked,
  field: string,
  mayTrust: boolean,
): Omit<NicRecord, 'mac'> | undefined {
  if (trust && (filters === undefined || filters.length > 0)) {
    throw fieldProblem('invalid-request', `${field}/trust`, 'goes with an empty list of filters only');
  }
  if (filters === undefined) return undefined;
  if (filters.length === 0) {
    demandTrust(mayTrust, `${field}/filters`, 'is empty, so that nothing is filtered');
    demandNotExpired(trust, `${field}/trust`);
    if (trust) return { filters, trust };
    throw fieldProblem(
      'invalid-request',
      `${field}/trust`,
      'is required for a NIC without filters: it says why',
    );
  }
  filters.forEach((name, i) => {
    const path = `${field}/filters/${i}`;
    if (isComposedName(name))
      throw fieldProblem('invalid-request', path, 'names a filter that the service made of a list');
    const { missing } = rules.catalog.tree([name]);
    if (missing.includes(name))
      throw fieldProblem('nwfilter-not-found', path, `names a filter that libvirt does not have: ${name}`);
    if (missing.length > 0) {
      throw fieldProblem(
        'nwfilter-not-found',
        path,
        `names ${name}, which refers to ${missing.join(', ')}, and libvirt does not have that`,
      );
    }
  });
  const lacking = lackingOf(rules, filters);
  if (lacking.length > 0)
    demandTrust(
      mayTrust,
      `${field}/filters`,
      `does without ${lacking.join(', ')}, which NICs get by default`,
    );
  return { filters };
}

/** A NIC that was checked against the host; its MAC address is still to be assigned. */
export interface NicDraft {
  source: InterfaceSpec['source'];
  model: string;
  linkState: 'up' | 'down';
  filters: string[];
  parameters: FilterParameter[];
  record: Omit<NicRecord, 'mac'> | undefined;
}

/**
 * Checks a NIC that is to be made, and decides its filters. Changes nothing.
 * @param field where the NIC stands in the request: '' or /nics/0
 * @throws Problem
 */
export async function resolveNic(
  { connection, mayTrust }: Pick<VmContext, 'connection' | 'mayTrust'>,
  rules: FilterRules,
  input: NicInput,
  compatibilityVersion: string | undefined,
  field: string,
): Promise<NicDraft> {
  const source = await checkSource(connection, input.source, `${field}/source`);
  if (input.allowDuplicateMac)
    demandTrust(mayTrust, `${field}/allowDuplicateMac`, 'lets two NICs have one MAC address');
  const record = checkFilters(rules, input, field, mayTrust);
  const { filters } = decideFilters(rules.policy, { filterable: true, record, compatibilityVersion });
  const parameters = input.filterParameters ?? [];
  checkParameters(rules.catalog, filters, parameters, `${field}/filterParameters`);
  return {
    source,
    model: input.model ?? 'virtio',
    linkState: input.linkState ?? 'up',
    filters,
    parameters,
    record,
  };
}
