import {
  type Connection,
  type Domain,
  VIR_DOMAIN_DEFINE_VALIDATE,
  VIR_DOMAIN_START_PAUSED,
  VIR_DOMAIN_XML_INACTIVE,
  VIR_DOMAIN_XML_SECURE,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { readKernelRules } from '../filtering/kernel.js';
import { defaultFilter, isFilterableType } from '../filtering/policy.js';
import { findUnenforced } from '../filtering/verify.js';
import { addFilterrefs, type DomainInterface, readDomain } from '../xml/domain.js';
import type { VmContext } from './context.js';
import { whyNetworkUnfilterable } from './sources.js';

/** The networks of these NICs that libvirt cannot filter. @throws LibvirtError */
async function unfilterableNetworks(connection: Connection, nics: DomainInterface[]): Promise<Set<string>> {
  const names = [
    ...new Set(nics.flatMap(({ type, network }) => (type === 'network' && network ? [network] : []))),
  ];
  const reasons = await Promise.all(names.map((name) => whyNetworkUnfilterable(connection, name)));
  return new Set(names.filter((_, i) => reasons[i] !== undefined));
}

/** Gives the filter to every NIC of the definition that can have one and has none: a VM may come from elsewhere. */
async function attachFilters(
  connection: Connection,
  domain: Domain,
): Promise<(nic: DomainInterface) => boolean> {
  const xml = await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
  const unfilterable = await unfilterableNetworks(connection, readDomain(xml).interfaces);
  const canFilter = ({ type, network, virtualport }: DomainInterface): boolean =>
    isFilterableType(type) &&
    virtualport !== 'openvswitch' &&
    !(network !== undefined && unfilterable.has(network));
  const filtered = addFilterrefs(xml, (nic) => (canFilter(nic) ? defaultFilter : undefined));
  if (filtered !== undefined) {
    await (await connection.domainDefineXMLFlags(filtered, VIR_DOMAIN_DEFINE_VALIDATE)).close();
  }
  return canFilter;
}

/** @throws Problem filter-not-enforced, kernel-unreadable */
async function demandEnforced(domain: Domain, canFilter: (nic: DomainInterface) => boolean): Promise<void> {
  const nics = readDomain(await domain.getXMLDesc()).interfaces.filter(canFilter);
  if (nics.length === 0) return;
  const rules = await readKernelRules();
  const findings = nics.flatMap((nic) => findUnenforced(nic, rules));
  if (findings.length > 0) {
    throw new Problem('filter-not-enforced', `The VM was not let run: ${findings.join('; ')}.`);
  }
}

/**
 * Runs a VM that is shut off. It is started paused, its filters are seen in the kernel, then it may run; otherwise
 * it is destroyed. Whatever fails, the guest has not run an instruction without its filters. The caller holds its lock.
 * @throws Problem, LibvirtError
 */
export async function startVm({ connection, filters, log }: VmContext, domain: Domain): Promise<void> {
  if (await domain.isActive()) {
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is active already.`);
  }
  await filters.demand(connection);
  const canFilter = await attachFilters(connection, domain);
  await domain.create(VIR_DOMAIN_START_PAUSED);
  try {
    await demandEnforced(domain, canFilter);
    await domain.resume();
  } catch (error) {
    await domain.destroy().catch((second: unknown) => {
      // It stays paused, or is gone with what made the first call fail.
      log.error({ err: second, vm: domain.name }, 'a VM whose start failed could not be destroyed');
    });
    throw error;
  }
}
