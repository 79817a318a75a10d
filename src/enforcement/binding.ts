import type { DomainInterface } from '../xml/domain.js';
import type { BindingDescription } from '../xml/nwfilter-binding.js';
import { type Finding, finding } from './finding.js';

/** Parameters as libvirt counts them: by name, the values of one name in order. */
const counted = (parameters: readonly { name: string; value: string }[]): string => {
  const byName = parameters.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return byName.map(({ name, value }) => `${name}=${value}`).join(', ');
};

export const sameParameters = (
  a: readonly { name: string; value: string }[],
  b: readonly { name: string; value: string }[],
): boolean => counted(a) === counted(b);

/** libvirt adds the NIC's own MAC address to the parameters, unless one is given. */
const withMac = ({ mac, filterParameters }: DomainInterface): DomainInterface['filterParameters'] =>
  filterParameters.some(({ name }) => name === 'MAC')
    ? filterParameters
    : [...filterParameters, { name: 'MAC', value: mac }];

/** What libvirt's own record of the filter on a port does not have as the live NIC has it. */
export function wrongBinding(
  vm: string,
  nic: DomainInterface,
  binding: BindingDescription | undefined,
): Finding[] {
  const port = nic.target ?? '';
  if (!binding) return [finding('binding-missing', `libvirt has bound no filter to ${port}.`)];
  const pairs: [what: string, found: string, wanted: string][] = [
    ['VM', binding.vm, vm],
    ['filter', binding.filter, nic.filter ?? ''],
    ['MAC address', binding.mac.toLowerCase(), nic.mac.toLowerCase()],
    ['parameters', counted(binding.parameters), counted(withMac(nic))],
  ];
  return pairs
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) =>
      finding(
        'binding-differs',
        `libvirt's binding of ${port} has the ${what} ${found || 'none'}, the NIC has ${wanted || 'none'}.`,
      ),
    );
}
