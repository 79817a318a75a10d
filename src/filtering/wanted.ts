import type { Connection } from 'node-libvirt';
import type { Policy } from '../schemas/config.js';
import type { DomainDescription, DomainInterface } from '../xml/domain.js';
import type { FiltersBefore, NicRecord } from '../xml/metadata.js';
import { whyUnfilterable } from '../xml/network.js';
import type { FilterCatalog } from './catalog.js';
import { type FilterParameter, usableParameters } from './parameters.js';
import { decideFilters, type FilterDecision, isFilterableType } from './policy.js';
import { hasExpired } from './trust.js';

/** All that decides which filters NICs are to have, read at one moment. */
export class FilterRules {
  readonly policy: Policy;
  readonly catalog: FilterCatalog;
  /** The networks whose NICs libvirt puts no rules on. */
  readonly unfilterable: ReadonlySet<string>;
  /** When it was read, ms since the epoch. */
  readonly #at = Date.now();

  constructor(policy: Policy, catalog: FilterCatalog, unfilterable: ReadonlySet<string>) {
    this.policy = policy;
    this.catalog = catalog;
    this.unfilterable = unfilterable;
  }

  /** Whether the same would be decided by these, but for trust that ends. */
  sameAs({ policy, catalog, unfilterable }: FilterRules): boolean {
    return (
      policy === this.policy &&
      catalog === this.catalog &&
      unfilterable.size === this.unfilterable.size &&
      [...unfilterable].every((network) => this.unfilterable.has(network))
    );
  }

  /** Whether libvirt can filter this NIC: it puts no rules on macvtap, passthrough or Open vSwitch. */
  canFilter({ type, network, virtualport }: DomainInterface): boolean {
    if (!isFilterableType(type) || virtualport === 'openvswitch') return false;
    return network === undefined || !this.unfilterable.has(network);
  }

  /** Whether the NIC was trusted, and is no longer. */
  wasTrusted(vm: DomainDescription, nic: DomainInterface): boolean {
    return hasExpired(recordFor(vm, nic)?.trust, this.#at);
  }

  /** What a NIC that is or was trusted had before it was; what any other one has. */
  untrusted(vm: DomainDescription, nic: DomainInterface): FiltersBefore {
    const record = recordFor(vm, nic);
    if (record?.trust) return record.before ?? { filters: [], parameters: [] };
    return { filters: this.recordOf(vm, nic)?.filters ?? [], parameters: nic.filterParameters };
  }

  /** What was asked for the NIC; a trust that has expired is as if it had never been asked for. */
  recordOf(vm: DomainDescription, nic: DomainInterface): NicRecord | undefined {
    if (!this.wasTrusted(vm, nic)) return this.remembered(vm, nic);
    const { filters } = this.untrusted(vm, nic);
    return filters.length > 0 ? { mac: nic.mac, filters } : undefined;
  }

  /**
   * What is written down again of a NIC that stays as it is, with a trust that has expired: only who gives it its filters may forget
   * that. The filter of a NIC from elsewhere counts as asked for by name.
   */
  remembered(vm: DomainDescription, nic: DomainInterface): NicRecord | undefined {
    const record = recordFor(vm, nic);
    if (record || vm.known || nic.filter === undefined) return record;
    return { mac: nic.mac, filters: this.catalog.listOf(nic.filter) };
  }

  /** The parameters of a NIC's filters when they are not the ones that it has: what belonged to others does not stay. */
  parametersFor(vm: DomainDescription, nic: DomainInterface, filters: readonly string[]): FilterParameter[] {
    return this.wasTrusted(vm, nic)
      ? usableParameters(this.catalog, filters, this.untrusted(vm, nic).parameters)
      : [];
  }

  /** The filters that the NIC would get if its VM were started now. */
  wanted(vm: DomainDescription, nic: DomainInterface): FilterDecision {
    return decideFilters(this.policy, {
      filterable: this.canFilter(nic),
      record: this.recordOf(vm, nic),
      compatibilityVersion: vm.record.compatibilityVersion,
    });
  }
}

const recordFor = ({ record }: DomainDescription, nic: DomainInterface): NicRecord | undefined =>
  record.nics.find(({ mac }) => mac.toLowerCase() === nic.mac.toLowerCase());

/** The networks on the host that libvirt cannot filter. @throws LibvirtError */
export async function unfilterableNetworks(connection: Connection): Promise<Set<string>> {
  const networks = await connection.listAllNetworks();
  const found = await Promise.all(
    networks.map(async (network) => {
      await using held = network;
      return whyUnfilterable(await held.getXMLDesc()) === undefined ? [] : [held.name];
    }),
  );
  return new Set(found.flat());
}
