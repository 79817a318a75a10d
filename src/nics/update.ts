import { type Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { ensureFilter, sweepComposed } from '../filtering/composed.js';
import { closedPorts } from '../kernel/port.js';
import { checkParameters } from '../filtering/parameters.js';
import { decideFilters } from '../filtering/policy.js';
import type { FilterRules } from '../filtering/wanted.js';
import type { Nic, NicPatch } from '../schemas/nic.js';
import type { VmContext } from '../vms/context.js';
import { type DomainDescription, type DomainInterface, readDomain } from '../xml/domain.js';
import { type Filterref, interfaceOf, setFilterref, setLinkState } from '../xml/interface.js';
import { type NicRecord, setRecord } from '../xml/metadata.js';
import { changeNics } from './definition.js';
import { readDefinition } from './read-definition.js';
import { demandNicEnforced } from './enforce.js';
import { filterrefOf, nicOf, onlyNicOf } from './find.js';
import { changeLiveFilter, setLiveLink } from './live.js';
import { readNic } from './read.js';
import { checkFilters } from './resolve.js';
import { readRules } from './rules.js';

/** Whether two filterrefs say the same. */
const sameFilterref = (a: Filterref, b: Filterref): boolean => JSON.stringify(a) === JSON.stringify(b);

interface Plan {
  filters: string[];
  parameters: DomainInterface['filterParameters'];
  record: NicRecord | undefined;
}

/** What the NIC is to have after the change: what the request does not name stays. */
function plan(
  rules: FilterRules,
  vm: DomainDescription,
  nic: DomainInterface,
  patch: NicPatch,
  mayTrust: boolean,
): Plan {
  if (!rules.canFilter(nic) && (patch.filters !== undefined || patch.filterParameters !== undefined)) {
    throw new Problem(
      'nic-unfilterable',
      `libvirt cannot filter the NIC ${nic.mac}: it is of type ${nic.type}.`,
    );
  }
  const named = checkFilters(rules, patch, '', mayTrust);
  const record = named
    ? { ...named, mac: nic.mac, ...(named.trust && { before: rules.untrusted(vm, nic) }) }
    : rules.recordOf(vm, nic);
  const { compatibilityVersion } = vm.record;
  // a NIC that is trusted no longer gets back what it is to have, whatever else is asked
  const keeps = patch.filters === undefined && !rules.wasTrusted(vm, nic);
  const filters = keeps
    ? rules.catalog.listOf(nic.filter)
    : decideFilters(rules.policy, { filterable: true, record, compatibilityVersion }).filters;
  // other filters want other parameters: those that were there belong to the old ones
  const parameters =
    patch.filterParameters ??
    (keeps ? nic.filterParameters : patch.filters ? [] : rules.parametersFor(vm, nic, filters));
  if (!keeps || patch.filterParameters !== undefined) {
    checkParameters(rules.catalog, filters, parameters, '/filterParameters');
  }
  return { filters, parameters, record };
}

/** Does to the running NIC what was done to the definition. */
async function changeLive(
  context: VmContext,
  domain: Domain,
  { live, patch, filterref }: { live: DomainInterface; patch: NicPatch; filterref: Filterref },
): Promise<void> {
  const { mac } = live;
  if (patch.linkState === 'down') await setLiveLink(domain, mac, 'down');
  const closed = live.target !== undefined && (await closedPorts()).includes(live.target);
  if (closed || !sameFilterref(filterrefOf(live), filterref)) {
    await changeLiveFilter(context, domain, mac, filterref);
  } else if (patch.linkState !== 'down') {
    // the XML is as it should be; the kernel may not be
    await demandNicEnforced(context, domain, mac, filterref?.filter);
  }
  if (patch.linkState === 'up') await setLiveLink(domain, mac, 'up');
}

/**
 * Changes a NIC's filters, parameters or link, in the definition and in what runs; both or neither. While a running
 * NIC's filter changes it passes nothing. The caller holds the VM's lock.
 * @throws Problem, LibvirtError
 */
export async function updateNic(
  context: VmContext,
  domain: Domain,
  mac: string,
  patch: NicPatch,
): Promise<Nic> {
  const { connection, filters } = context;
  await filters.demand(connection);
  const rules = await readRules(context);
  const vm = readDomain(await readDefinition(domain));
  const nic = onlyNicOf(vm, mac);
  const { filters: wanted, parameters, record } = plan(rules, vm, nic, patch, context.mayTrust);
  const live = (await domain.isActive()) ? nicOf(readDomain(await domain.getXMLDesc()), mac) : undefined;
  const others = vm.interfaces.flatMap((one) => (one === nic ? [] : (rules.remembered(vm, one) ?? [])));

  try {
    await changeNics<Filterref>(context, domain, {
      prepare: async () => {
        const filter = await ensureFilter(connection, wanted);
        return filter === undefined ? undefined : { filter, parameters };
      },
      edit: (root, filterref) => {
        const node = interfaceOf(root, mac);
        if (!node) throw new Problem('nic-not-found', `The VM ${vm.name} has no NIC ${mac}.`);
        setFilterref(node, filterref);
        if (patch.linkState) setLinkState(node, patch.linkState);
        setRecord(root, { ...vm.record, nics: record ? [...others, record] : others });
      },
      live: live && {
        mac: () => mac,
        apply: (filterref) => changeLive(context, domain, { live, patch, filterref }),
      },
    });
  } finally {
    await sweepComposed(context);
  }
  return readNic(context, domain, mac);
}
