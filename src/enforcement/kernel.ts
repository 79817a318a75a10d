import type { FilterCatalog } from '../filtering/catalog.js';
import { defaultFilter } from '../filtering/policy.js';
import type { Spelling } from '../kernel/nft-spelling.js';
import type { Port } from '../kernel/ports.js';
import type { KernelState } from '../kernel/state.js';
import type { Filter } from '../nwfilter/model.js';
import type { DomainInterface } from '../xml/domain.js';
import { asRebuilt } from './as-rebuilt.js';
import type { BackendOf } from './backend.js';
import { spelledChain, type WantedChain, wrongChains } from './chains.js';
import { type Finding, finding } from './finding.js';
import { wantedChains } from './wanted-chains.js';

/** The kernel's side of a host, and what it takes to compare it. */
export interface KernelFacts extends KernelState {
  /** What libvirt makes the rules of a port with. */
  backendOf: BackendOf;
  /** How nft lists the rules that native tables must have, by what libvirt hands to it. */
  spelling: Spelling;
}

/** Where the tap is no port of a bridge, or the bridge hands no packet to the IP tables, rules are there and see nothing. */
function wrongPort(
  port: Port | undefined,
  { target: name = '', bridge }: DomainInterface,
  chains: readonly WantedChain[],
): Finding[] {
  if (!port) return [finding('port-unbridged', `There is no interface ${name}.`)];
  if (port.bridge === undefined) return [finding('port-unbridged', `${name} is no port of a bridge.`)];
  if (bridge !== undefined && port.bridge !== bridge)
    return [
      finding('port-unbridged', `${name} is a port of ${port.bridge}, and its VM has it in ${bridge}.`),
    ];
  const inert = (['iptables', 'ip6tables'] as const).filter(
    (table) => !port.calls[table] && chains.some((chain) => chain.table === table && chain.own),
  );
  return inert.map((table) =>
    finding(
      'rules-inert',
      `The bridge ${port.bridge ?? ''} hands no packets to ${table}: the rules there see none.`,
    ),
  );
}

/** The default filter must come to what its name promises, whatever libvirt's filters say by now. */
function wrongDefault(nic: DomainInterface, filters: ReadonlyMap<string, Filter>): Finding[] {
  if (!filters.has(defaultFilter)) return [];
  const port = nic.target ?? '';
  const mac = nic.mac.toLowerCase();
  const promised: Readonly<Record<string, string[]>> = {
    [`libvirt-I-${port}`]: [`-j I-${port}-mac`, `-p 0x806 -j I-${port}-arp-mac`],
    [`I-${port}-mac`]: [`-s ${mac} -j RETURN`, '-j DROP'],
    [`I-${port}-arp-mac`]: [`-p 0x806 --arp-mac-src ${mac} -j RETURN`, '-j DROP'],
  };
  const alone = wantedChains({ ...nic, filterParameters: [] }, defaultFilter, filters, 'ebtables');
  const given = 'wrong' in alone ? [] : alone.chains.filter(({ own }) => own);
  const isKept =
    given.length === Object.keys(promised).length &&
    given.every(({ name, rules }) => promised[name]?.join('; ') === rules.map(({ text }) => text).join('; '));
  if (isKept) return [];
  const detail = `The filter ${defaultFilter}, or one that it refers to, was changed in libvirt: it does not come to what it must.`;
  return [finding('filter-changed', detail)];
}

/**
 * What is wrong with a running NIC's rules in the kernel, when they are to be those of this filter; none when it is in
 * force. libvirt's word and the XML do not prove it.
 */
export function wrongInKernel(
  nic: DomainInterface,
  filter: string,
  catalog: FilterCatalog,
  facts: KernelFacts,
): Finding[] {
  const { next } = catalog;
  if (!next) return wrongBy(nic, filter, catalog, facts);
  // libvirt makes the new chains beside the old, and takes the old ones away when frames go through the new
  const port = nic.target ?? '';
  const old = wrongBy(nic, filter, catalog, { ...facts, owned: new Map() });
  if (old.length === 0) return [];
  const made = { ...facts, kernel: asRebuilt(facts.kernel, port), owned: new Map() };
  return wrongBy(nic, filter, next, made).length === 0 ? [] : old;
}

function wrongBy(
  nic: DomainInterface,
  filter: string,
  catalog: FilterCatalog,
  { kernel, owned, ports, backendOf, spelling }: KernelFacts,
): Finding[] {
  const { target: port = '', mac } = nic;
  const { missing } = catalog.tree([filter]);
  if (missing.length > 0)
    return [
      finding('filter-undefined', `libvirt has no filter ${missing.join(', ')}, which NIC ${mac} needs.`),
    ];
  const filters = catalog.models(filter);
  const wanted = wantedChains(nic, filter, filters, backendOf(port));
  if ('wrong' in wanted) return [wanted.wrong];
  const chains = wanted.chains.map((chain) => spelledChain(chain, spelling));
  return [
    ...wrongDefault(nic, filters),
    ...catalog.changed
      .filter((name) => name !== defaultFilter && filters.has(name))
      .map((name) => finding('filter-changed', `The filter ${name} is not as this service ships it.`)),
    ...wrongPort(ports.get(port), nic, chains),
    ...wrongChains(kernel, port, chains, owned.get(port) ?? []),
  ];
}

/** The same of a NIC that must have this filter and no other; each finding a sentence. */
export function findUnenforced(
  nic: DomainInterface,
  wanted: string,
  catalog: FilterCatalog,
  kernel: KernelFacts,
): string[] {
  if (nic.target === undefined) return [`The NIC ${nic.mac} has no tap device.`];
  if (nic.filter !== wanted) return [`The NIC ${nic.mac} has ${nic.filter ?? 'no filter'}, not ${wanted}.`];
  const wrong = wrongInKernel(nic, wanted, catalog, kernel);
  // the tap of an interface of type ethernet is put into a bridge by others, once it is there
  const counts = ({ code }: Finding): boolean => nic.type !== 'ethernet' || code !== 'port-unbridged';
  return wrong.filter(counts).map(({ detail }) => detail);
}
