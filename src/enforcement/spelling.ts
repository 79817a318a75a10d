import type { FilterCatalog } from '../filtering/catalog.js';
import { readSpelling, type Spelling } from '../kernel/nft-spelling.js';
import type { DomainInterface } from '../xml/domain.js';
import type { BackendOf } from './backend.js';
import { wantedChains } from './wanted-chains.js';

/** A NIC whose rules are to be compared with what a filter comes to. */
export interface ComparedNic {
  nic: DomainInterface;
  filter: string;
}

/** The rules that a NIC must have in native tables, as libvirt hands them to nft. */
function nativeTexts({ nic, filter }: ComparedNic, catalog: FilterCatalog): string[] {
  if (catalog.tree([filter]).missing.length > 0) return [];
  const wanted = wantedChains(nic, filter, catalog.models(filter), 'nftables');
  if ('wrong' in wanted) return [];
  return wanted.chains.filter(({ own }) => own).flatMap(({ rules }) => rules.map(({ text }) => text));
}

/**
 * How nft lists the rules that these NICs must have in native tables; nft is not asked when none of them has any there.
 * @throws Problem kernel-unreadable
 */
export async function spellingFor(
  nics: readonly ComparedNic[],
  catalog: FilterCatalog,
  backendOf: BackendOf,
): Promise<Spelling> {
  const native = nics.filter(({ nic }) => backendOf(nic.target) === 'nftables');
  const catalogs = catalog.next ? [catalog, catalog.next] : [catalog];
  const texts = native.flatMap((nic) => catalogs.flatMap((one) => nativeTexts(nic, one)));
  return texts.length === 0 ? new Map() : readSpelling(texts);
}
