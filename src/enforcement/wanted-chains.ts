import type { Filter } from '../nwfilter/model.js';
import { kernelChains, nativeChains } from '../nwfilter/rules/kernel-chains.js';
import { RulesError } from '../nwfilter/rules/model.js';
import { Recent } from '../recent.js';
import type { DomainInterface } from '../xml/domain.js';
import type { LibvirtBackend } from './backend.js';
import type { WantedChain } from './chains.js';
import { type Finding, finding } from './finding.js';

/** What a filter must come to for a NIC, or why it cannot. */
type Wanted = { chains: readonly WantedChain[] } | { wrong: Finding };

/** More than a host has NICs. */
const limits = { count: 4096 };
/** What was made for each NIC the last time, and of which filters. */
const known = new Recent<string, { models: readonly Filter[]; wanted: Wanted }>(limits);

function make(
  { mac, target: port = '', filterParameters: parameters }: DomainInterface,
  filter: string,
  filters: ReadonlyMap<string, Filter>,
  backend: LibvirtBackend,
): Wanted {
  try {
    const chains = backend === 'nftables' ? nativeChains : kernelChains;
    return { chains: chains(filters, filter, { port, mac, parameters }) };
  } catch (error) {
    if (!(error instanceof RulesError)) throw error;
    return {
      wrong: finding('rules-impossible', `No NIC can have the filter ${filter} so: ${error.message}.`),
    };
  }
}

/**
 * What a filter must come to for a NIC. It depends on nothing but what it is given, so it is made again only when that has
 * changed.
 * @param filters the filter and all that it refers to; a model is never changed, another text of libvirt's is another model
 */
export function wantedChains(
  nic: DomainInterface,
  filter: string,
  filters: ReadonlyMap<string, Filter>,
  backend: LibvirtBackend,
): Wanted {
  const key = JSON.stringify([backend, filter, nic.target, nic.mac, nic.filterParameters]);
  const models = [...filters.values()];
  const last = known.get(key);
  if (last?.models.length === models.length && models.every((model, i) => model === last.models[i]))
    return last.wanted;
  const wanted = make(nic, filter, filters, backend);
  known.set(key, { models, wanted });
  return wanted;
}
