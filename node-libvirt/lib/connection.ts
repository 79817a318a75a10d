import { Domain } from './domain.js';
import { call } from './errors.js';
import { tell, Topics, type DomainEventMap, type Subscription } from './events.js';
import {
  addon,
  native,
  type DomainStates,
  type DomainStats,
  type DomainXML,
  type NativeConnection,
  type NWFilterBindingXML,
  type NWFilterXML,
} from './native.js';
import { Network } from './network.js';
import { NWFilterBinding } from './nwfilter-binding.js';
import { NWFilter } from './nwfilter.js';
import { StoragePool } from './storage-pool.js';
import { StorageVol } from './storage-vol.js';

export interface ConnectionOptions {
  /** Calls that change something are refused. */
  readOnly?: boolean;
  /**
   * Calls in flight at once, 2 to 256. Default 5, which is what libvirtd serves by default (`max_client_requests`).
   */
  maxInFlight?: number;
  /** Those of them that are for slow calls, 1 to `maxInFlight` - 1. Default two of five. */
  slowInFlight?: number;
  /**
   * Probes over an idle connection: every `interval` seconds, and `count` unanswered ones end it. Default
   * 5 and 3; without it a call to a daemon that hangs never ends. Drivers that run in this process need none.
   */
  keepAlive?: { interval: number; count: number } | false;
}

/**
 * A connection to a libvirt daemon, or to a driver within this process. All calls run on threads of the
 * connection's own; slow ones (what starts, stops or changes something) never hold up quick ones.
 *
 * A connection with nothing in flight does not keep the process from ending.
 */
export class Connection implements AsyncDisposable {
  /** @internal */
  readonly [native]: NativeConnection;
  readonly #closeListeners = new Set<(reason: number) => void>();
  readonly #lostListeners = new Set<(count: number) => void>();
  readonly #topics: Topics;
  #closing: Promise<number> | undefined;

  /**
   * Opens a connection.
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectOpen
   *
   * @param uri such as `qemu:///system`, https://libvirt.org/uri.html
   * @throws LibvirtError
   */
  static async open(uri: string, options: ConnectionOptions = {}): Promise<Connection> {
    const { readOnly = false, maxInFlight = 5 } = options;
    const {
      slowInFlight = Math.max(1, Math.floor((maxInFlight * 2) / 5)),
      keepAlive = { interval: 5, count: 3 },
    } = options;
    const { interval, count } = keepAlive === false ? { interval: 0, count: 0 } : keepAlive;
    return new Connection(
      await call(() => addon.Connection.open(uri, readOnly, maxInFlight, interval, count, slowInFlight)),
    );
  }

  private constructor(object: NativeConnection) {
    this[native] = object;
    this.#topics = new Topics(object);
    object.onclose = (reason) => {
      if (!this.closed) tell(this.#closeListeners, reason);
    };
    object.onlost = (count) => {
      if (!this.closed) tell(this.#lostListeners, count);
    };
  }

  /** Whether close() was called. A connection that was lost is not closed: close it. */
  get closed(): boolean {
    return this[native].isClosed();
  }

  /**
   * Closes the connection and all its objects: calls in flight finish, new ones are refused, events end.
   * Resolves with the references that libvirt still counts on the connection, which is 0. May be called
   * again, with the same answer. Once the connection was lost, it waits a second at most: calls that
   * libvirt then has not let go are what is counted.
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectClose
   */
  close(): Promise<number> {
    this.#closing ??= call(() => this[native].close());
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Tells when the connection is lost, with a virConnectCloseReason; not after close(). All calls fail
   * from then on, and to open another one is yours. Returns a function that takes the listener off.
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectRegisterCloseCallback
   */
  onClose(listener: (reason: number) => void): () => void {
    this.#closeListeners.add(listener);
    return () => this.#closeListeners.delete(listener);
  }

  /**
   * Tells how many events were dropped, because more than 1024 were waiting for this thread. What was kept
   * of the state is to be read anew. Returns a function that takes the listener off.
   */
  onEventsLost(listener: (count: number) => void): () => void {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  /**
   * Calls `listener` at each event of a kind, until the subscription or the connection is closed. Events
   * do not keep the process from ending. Subscriptions keep their connection from being collected.
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectDomainEventRegisterAny
   *
   * @param domain only those of this domain; null: of all
   * @throws LibvirtError, or ClosedError after a close
   */
  async domainEventRegister<K extends keyof DomainEventMap>(
    kind: K,
    listener: (event: DomainEventMap[K]) => void,
    domain: Domain | null = null,
  ): Promise<Subscription> {
    return this.#topics.subscribe(kind, listener, domain === null ? null : domain[native]);
  }

  /**
   * Whether the connection is open and not found to be broken.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectIsAlive
   */
  isAlive(): Promise<boolean> {
    return call(() => this[native].isAlive());
  }

  /**
   * Changes the keepalive; false if the other side does not take part.
   * @param interval seconds without traffic before a probe is sent; 0 or less: none are sent
   * @param count unanswered probes after which the connection is given up
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectSetKeepAlive
   */
  setKeepAlive(interval: number, count: number): Promise<boolean> {
    return call(() => this[native].setKeepAlive(interval, count));
  }

  /**
   * The hypervisor's version, as major * 1,000,000 + minor * 1,000 + release.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetVersion
   */
  getVersion(): Promise<number> {
    return call(() => this[native].getVersion());
  }

  /**
   * The daemon's libvirt, as major * 1,000,000 + minor * 1,000 + release.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetLibVersion
   */
  getLibVersion(): Promise<number> {
    return call(() => this[native].getLibVersion());
  }

  /**
   * The host's name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetHostname
   */
  getHostname(): Promise<string> {
    return call(() => this[native].getHostname());
  }

  /**
   * The URI as libvirt completed it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetURI
   */
  getURI(): Promise<string> {
    return call(() => this[native].getURI());
  }

  /**
   * The driver's name, such as QEMU.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetType
   */
  getType(): Promise<string> {
    return call(() => this[native].getType());
  }

  /**
   * What the host can do, as XML.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-host.html#virConnectGetCapabilities
   */
  getCapabilities(): Promise<string> {
    return call(() => this[native].getCapabilities());
  }

  /**
   * What the domains of an emulator can have, as XML.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectGetDomainCapabilities
   */
  getDomainCapabilities(
    emulator: string | null = null,
    arch: string | null = null,
    machine: string | null = null,
    virtType: string | null = null,
    flags = 0,
  ): Promise<string> {
    return call(() => this[native].getDomainCapabilities(emulator, arch, machine, virtType, flags));
  }

  /**
   * The domains.
   * @param flags virConnectListAllDomainsFlags; 0: all
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectListAllDomains
   */
  async listAllDomains(flags = 0): Promise<Domain[]> {
    const objects = await call(() => this[native].listAllDomains(flags));
    return objects.map((object) => new Domain(object, this));
  }

  /**
   * The domain of a name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainLookupByName
   */
  async lookupDomainByName(name: string): Promise<Domain> {
    return new Domain(await call(() => this[native].lookupDomainByName(name)), this);
  }

  /**
   * The domain of a UUID.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainLookupByUUIDString
   */
  async lookupDomainByUUIDString(uuid: string): Promise<Domain> {
    return new Domain(await call(() => this[native].lookupDomainByUUIDString(uuid)), this);
  }

  /**
   * The running domain of an id.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainLookupByID
   */
  async lookupDomainById(id: number): Promise<Domain> {
    return new Domain(await call(() => this[native].lookupDomainById(id)), this);
  }

  /**
   * Makes, or changes, the configuration of a domain.
   * @param flags virDomainDefineFlags, such as VIR_DOMAIN_DEFINE_VALIDATE
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainDefineXMLFlags
   */
  async domainDefineXMLFlags(xml: string, flags = 0): Promise<Domain> {
    return new Domain(await call(() => this[native].domainDefineXMLFlags(xml, flags)), this);
  }

  /**
   * Starts a transient domain.
   * @param flags virDomainCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainCreateXML
   */
  async domainCreateXML(xml: string, flags = 0): Promise<Domain> {
    return new Domain(await call(() => this[native].domainCreateXML(xml, flags)), this);
  }

  /**
   * A domain with its XML, its state, and the definition of one that runs, in one hop.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetXMLDesc
   */
  getDomainXMLByName(name: string): Promise<DomainXML> {
    return call(() => this[native].getDomainXMLByName(name));
  }

  /** The same of the domain with this UUID. @throws LibvirtError, or ClosedError after a close */
  getDomainXMLByUUIDString(uuid: string): Promise<DomainXML> {
    return call(() => this[native].getDomainXMLByUUIDString(uuid));
  }

  /**
   * The states of all domains, in one call of libvirt where its driver has it.
   * @param flags virConnectGetAllDomainStatsFlags
   * @param known the mark of an earlier answer: where it would be the same again, it comes without the domains
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectGetAllDomainStats
   */
  getAllDomainStates(flags = 0, known?: string): Promise<DomainStates> {
    return call(() => this[native].getAllDomainStates(flags, known));
  }

  /**
   * Statistics of all domains. 64-bit counters are numbers, past 2^53 bigints.
   * @param stats virDomainStatsTypes; 0: all
   * @param flags virConnectGetAllDomainStatsFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectGetAllDomainStats
   */
  getAllDomainStats(stats = 0, flags = 0): Promise<DomainStats[]> {
    return call(() => this[native].getAllDomainStats(stats, flags));
  }

  /**
   * The network filters.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virConnectListAllNWFilters
   */
  async listAllNWFilters(flags = 0): Promise<NWFilter[]> {
    const objects = await call(() => this[native].listAllNWFilters(flags));
    return objects.map((object) => new NWFilter(object, this));
  }

  /**
   * The filter of a name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterLookupByName
   */
  async lookupNWFilterByName(name: string): Promise<NWFilter> {
    return new NWFilter(await call(() => this[native].lookupNWFilterByName(name)), this);
  }

  /**
   * The filter of a UUID.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterLookupByUUIDString
   */
  async lookupNWFilterByUUIDString(uuid: string): Promise<NWFilter> {
    return new NWFilter(await call(() => this[native].lookupNWFilterByUUIDString(uuid)), this);
  }

  /**
   * Makes or changes a filter. A change takes as long as it takes to rebuild the rules of all NICs that use it.
   * @param flags virNWFilterDefineFlags: VIR_NWFILTER_DEFINE_VALIDATE, or a misspelled rule matches everything
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterDefineXMLFlags
   */
  async nwfilterDefineXMLFlags(xml: string, flags = 0): Promise<NWFilter> {
    return new NWFilter(await call(() => this[native].nwfilterDefineXMLFlags(xml, flags)), this);
  }

  /**
   * The filters that are in force, by port.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virConnectListAllNWFilterBindings
   */
  async listAllNWFilterBindings(flags = 0): Promise<NWFilterBinding[]> {
    const objects = await call(() => this[native].listAllNWFilterBindings(flags));
    return objects.map((object) => new NWFilterBinding(object, this));
  }

  /**
   * The binding of a port, such as vnet0.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterBindingLookupByPortDev
   */
  async lookupNWFilterBindingByPortDev(port: string): Promise<NWFilterBinding> {
    return new NWFilterBinding(await call(() => this[native].lookupNWFilterBindingByPortDev(port)), this);
  }

  /**
   * Puts a filter in force on a port.
   * @param flags virNWFilterBindingCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterBindingCreateXML
   */
  async nwfilterBindingCreateXML(xml: string, flags = 0): Promise<NWFilterBinding> {
    return new NWFilterBinding(await call(() => this[native].nwfilterBindingCreateXML(xml, flags)), this);
  }

  /**
   * The virtual networks.
   * @param flags virConnectListAllNetworksFlags; 0: all
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virConnectListAllNetworks
   */
  async listAllNetworks(flags = 0): Promise<Network[]> {
    const objects = await call(() => this[native].listAllNetworks(flags));
    return objects.map((object) => new Network(object, this));
  }

  /**
   * The network of a name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkLookupByName
   */
  async lookupNetworkByName(name: string): Promise<Network> {
    return new Network(await call(() => this[native].lookupNetworkByName(name)), this);
  }

  /**
   * The network of a UUID.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkLookupByUUIDString
   */
  async lookupNetworkByUUIDString(uuid: string): Promise<Network> {
    return new Network(await call(() => this[native].lookupNetworkByUUIDString(uuid)), this);
  }

  /**
   * Makes, or changes, the configuration of a network.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkDefineXML
   */
  async networkDefineXML(xml: string): Promise<Network> {
    return new Network(await call(() => this[native].networkDefineXML(xml)), this);
  }

  /**
   * Starts a transient network.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkCreateXML
   */
  async networkCreateXML(xml: string): Promise<Network> {
    return new Network(await call(() => this[native].networkCreateXML(xml)), this);
  }

  /**
   * The storage pools.
   * @param flags virConnectListAllStoragePoolsFlags; 0: all
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virConnectListAllStoragePools
   */
  async listAllStoragePools(flags = 0): Promise<StoragePool[]> {
    const objects = await call(() => this[native].listAllStoragePools(flags));
    return objects.map((object) => new StoragePool(object, this));
  }

  /**
   * The pool of a name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolLookupByName
   */
  async lookupStoragePoolByName(name: string): Promise<StoragePool> {
    return new StoragePool(await call(() => this[native].lookupStoragePoolByName(name)), this);
  }

  /**
   * Makes the configuration of a pool.
   * @param flags virStoragePoolDefineFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolDefineXML
   */
  async storagePoolDefineXML(xml: string, flags = 0): Promise<StoragePool> {
    return new StoragePool(await call(() => this[native].storagePoolDefineXML(xml, flags)), this);
  }

  /**
   * Starts a transient pool.
   * @param flags virStoragePoolCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolCreateXML
   */
  async storagePoolCreateXML(xml: string, flags = 0): Promise<StoragePool> {
    return new StoragePool(await call(() => this[native].storagePoolCreateXML(xml, flags)), this);
  }

  /**
   * The volume of a path.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolLookupByPath
   */
  async lookupStorageVolByPath(path: string): Promise<StorageVol> {
    return new StorageVol(await call(() => this[native].lookupStorageVolByPath(path)), this);
  }

  /**
   * All domains with their XML in one call, read over all quick workers; domains that vanish meanwhile are left out.
   * @param listFlags virConnectListAllDomainsFlags
   * @param xmlFlags virDomainXMLFlags
   * @param definitions whether the definition of each that runs is wanted, too
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetXMLDesc
   */
  getAllDomainsXML(listFlags = 0, xmlFlags = 0, definitions = false): Promise<DomainXML[]> {
    return call(() => this[native].getAllDomainsXML(listFlags, xmlFlags, definitions));
  }

  /**
   * All filters with their XML in one call; filters that vanish meanwhile are left out.
   * @param known names of filters whose XML is not asked for: theirs is empty
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterGetXMLDesc
   */
  getAllNWFiltersXML(known: readonly string[] = []): Promise<NWFilterXML[]> {
    return call(() => this[native].getAllNWFiltersXML(known));
  }

  /**
   * All bindings with their XML in one call; bindings that vanish meanwhile are left out.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterBindingGetXMLDesc
   */
  getAllNWFilterBindingsXML(): Promise<NWFilterBindingXML[]> {
    return call(() => this[native].getAllNWFilterBindingsXML());
  }
}
