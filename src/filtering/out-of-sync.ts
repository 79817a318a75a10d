import type { Connection } from 'node-libvirt';
import { readDomains } from '../libvirt/domain-xmls.js';
import { nicView, viewsOf } from '../nics/view.js';
import type { Policy } from '../schemas/config.js';
import { FilterCatalog } from './catalog.js';
import { FilterRules, unfilterableNetworks } from './wanted.js';

/**
 * Counts the NICs of running VMs whose live filter is not what a fresh start would give under this policy.
 * @throws LibvirtError
 */
export async function countOutOfSync(connection: Connection, policy: Policy): Promise<number> {
  const [domains, catalog, networks] = await Promise.all([
    readDomains(connection),
    FilterCatalog.read(connection),
    unfilterableNetworks(connection),
  ]);
  const rules = new FilterRules(policy, catalog, networks);
  // one that is off, or has no definition, is what a start would make of it
  const running = domains.filter(({ inactiveXml }) => inactiveXml !== undefined).map(viewsOf);
  return running.flatMap((views) =>
    views.now.interfaces.map((nic) => nicView(views, nic, rules)).filter(({ synced }) => !synced),
  ).length;
}
