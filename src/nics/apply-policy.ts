import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { ensureFilter, filterNameFor } from '../filtering/composed.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { interfaceOf, setFilterref } from '../xml/interface.js';
import { setRecord } from '../xml/metadata.js';
import { changeNics } from './definition.js';
import { readDefinition } from './read-definition.js';

/**
 * Gives every NIC of a VM's definition the filters that it is to have now: the policy may have changed since, and a
 * VM may come from elsewhere. One from elsewhere gets a record, in which the filters that it had stand as asked for.
 * @throws Problem nwfilter-not-found, LibvirtError
 */
export async function applyPolicy(context: VmContext, domain: Domain, rules: FilterRules): Promise<void> {
  const { connection } = context;
  const vm = readDomain(await readDefinition(domain));
  const macs = vm.interfaces.map(({ mac }) => mac.toLowerCase());
  if (new Set(macs).size < macs.length) {
    throw new Problem(
      'mac-in-use',
      `Two NICs of the VM ${vm.name} have the same MAC address: it is not let run.`,
    );
  }
  const nics = vm.interfaces.map((nic) => ({ nic, filters: rules.wanted(vm, nic).filters }));
  const { missing } = rules.catalog.tree(nics.flatMap(({ filters }) => filters));
  if (missing.length > 0) {
    throw new Problem(
      'nwfilter-not-found',
      `libvirt has no filter ${missing.join(', ')}, which a NIC of ${vm.name} needs.`,
    );
  }
  if (nics.every(({ nic, filters }) => filterNameFor(filters) === nic.filter)) {
    for (const { filters } of nics) await ensureFilter(connection, filters);
    return;
  }
  const asked = vm.interfaces.flatMap((nic) => rules.recordOf(vm, nic) ?? []);
  await changeNics(context, domain, {
    prepare: async () => {
      for (const { filters } of nics) await ensureFilter(connection, filters);
    },
    edit: (root) => {
      setRecord(root, { ...vm.record, nics: asked });
      for (const { nic, filters } of nics) {
        const filter = filterNameFor(filters);
        const node = interfaceOf(root, nic.mac);
        if (!node || filter === nic.filter) continue;
        const parameters = rules.parametersFor(vm, nic, filters);
        setFilterref(node, filter === undefined ? undefined : { filter, parameters });
      }
    },
  });
}
