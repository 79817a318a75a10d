import {
  type Connection,
  VIR_CONNECT_LIST_DOMAINS_ACTIVE,
  VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { nicView } from '../nics/view.js';
import type { Policy } from '../schemas/config.js';
import { readDomain } from '../xml/domain.js';
import { FilterCatalog } from './catalog.js';
import { FilterRules, unfilterableNetworks } from './wanted.js';

/**
 * Counts the NICs of running VMs whose live filter is not what a fresh start would give under this policy.
 * @throws LibvirtError
 */
export async function countOutOfSync(connection: Connection, policy: Policy): Promise<number> {
  const [live, definitions, catalog, networks] = await Promise.all([
    connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_ACTIVE),
    connection.getAllDomainsXML(
      VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
      VIR_DOMAIN_XML_INACTIVE,
    ),
    FilterCatalog.read(connection),
    unfilterableNetworks(connection),
  ]);
  const rules = new FilterRules(policy, catalog, networks);
  const inactive = new Map(definitions.map(({ uuid, xml }) => [uuid, xml]));
  return live.flatMap(({ uuid, xml }) => {
    const now = readDomain(xml);
    const next = readDomain(inactive.get(uuid) ?? xml);
    return now.interfaces.map((nic) => nicView({ now, next }, nic, rules)).filter(({ synced }) => !synced);
  }).length;
}
