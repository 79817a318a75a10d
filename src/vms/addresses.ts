import {
  type Domain,
  VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT,
  VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
  VIR_IP_ADDR_TYPE_IPV6,
} from 'node-libvirt';
import { toProblem } from '../errors.js';
import type { Address } from '../schemas/address.js';
import { isAgentConnected } from '../xml/agent.js';

async function from(domain: Domain, source: Address['source']): Promise<Address[]> {
  const isAgent = source === 'agent';
  const found = await domain.interfaceAddresses(
    isAgent ? VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT : VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
  );
  return found.flatMap(({ name, hwaddr, addrs }) =>
    addrs.map(({ type, addr, prefix }) => ({
      ...(hwaddr !== null && { mac: hwaddr.toLowerCase() }),
      ...(isAgent && { interface: name }),
      address: addr,
      prefix,
      family: type === VIR_IP_ADDR_TYPE_IPV6 ? ('ipv6' as const) : ('ipv4' as const),
      source,
    })),
  );
}

/**
 * The addresses of a guest, of all who can tell; none while it does not run. An agent that does not answer in time, or
 * cannot tell, is as good as none.
 * @throws LibvirtError
 */
export async function addressesOf(domain: Domain): Promise<Address[]> {
  if (!(await domain.isActive())) return [];
  const leases = from(domain, 'lease').catch(unlessLost);
  const hasAgent = isAgentConnected(await domain.getXMLDesc());
  const told = hasAgent ? from(domain, 'agent').catch(unlessLost) : [];
  return (await Promise.all([leases, told])).flat();
}

function unlessLost(error: unknown): Address[] {
  const type = toProblem(error)?.type;
  if (type === undefined || type === 'libvirt-unavailable' || type === 'libvirt-denied') throw error;
  return [];
}
