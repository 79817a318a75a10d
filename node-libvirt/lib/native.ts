// The only file that knows the .node file. Its types are kept by hand: what src/ takes and returns.
import { createRequire } from 'node:module';

/** Fields of the errors that native calls reject with. */
export interface NativeError extends Error {
  code: number;
  domain: number;
  level: number;
  call: string;
}

interface NativeHandle {
  isClosed(): boolean;
  close(): void;
}

interface WithXML extends NativeHandle {
  getXMLDesc(flags: number): Promise<string>;
}

/** What libvirt's typed parameters become. */
export type ParamValue = string | number | bigint | boolean;
export type Params = Record<string, ParamValue>;

export interface DomainXML {
  uuid: string;
  name: string;
  id: number;
  state: number;
  reason: number;
  persistent: boolean;
  autostart: boolean;
  xml: string;
  /** The definition of one that runs, where it was asked for. */
  inactiveXml?: string;
}

export interface DomainState {
  uuid: string;
  name: string;
  state: number;
  reason: number;
}

export interface DomainStates {
  /** Stands for all that is said of them: the same for the same. */
  mark: string;
  /** Not there when the mark is the one that the caller knows. */
  domains?: DomainState[];
}

export interface DomainStats {
  uuid: string;
  name: string;
  stats: Params;
}

export interface NWFilterXML {
  name: string;
  uuid: string;
  xml: string;
}

export interface NWFilterBindingXML {
  portDev: string;
  filterName: string;
  xml: string;
}

export interface NativeConnection {
  /** Read when there is something to tell; set on the object, so that it does not keep it. */
  onclose?: (reason: number) => void;
  onlost?: (count: number) => void;

  isClosed(): boolean;
  close(): Promise<number>;
  isAlive(): Promise<boolean>;
  setKeepAlive(interval: number, count: number): Promise<boolean>;
  getVersion(): Promise<number>;
  getLibVersion(): Promise<number>;
  getHostname(): Promise<string>;
  getURI(): Promise<string>;
  getType(): Promise<string>;
  getCapabilities(): Promise<string>;
  getDomainCapabilities(
    emulator: string | null,
    arch: string | null,
    machine: string | null,
    virtType: string | null,
    flags: number,
  ): Promise<string>;
  domainEventRegister(
    kind: string,
    listener: (event: never) => void,
    domain: NativeDomain | null,
  ): Promise<number>;
  domainEventDeregister(subscription: number): Promise<void>;

  listAllDomains(flags: number): Promise<NativeDomain[]>;
  lookupDomainByName(name: string): Promise<NativeDomain>;
  lookupDomainByUUIDString(uuid: string): Promise<NativeDomain>;
  lookupDomainById(id: number): Promise<NativeDomain>;
  domainDefineXMLFlags(xml: string, flags: number): Promise<NativeDomain>;
  domainCreateXML(xml: string, flags: number): Promise<NativeDomain>;
  listAllNWFilters(flags: number): Promise<NativeNWFilter[]>;
  lookupNWFilterByName(name: string): Promise<NativeNWFilter>;
  lookupNWFilterByUUIDString(uuid: string): Promise<NativeNWFilter>;
  nwfilterDefineXMLFlags(xml: string, flags: number): Promise<NativeNWFilter>;
  listAllNWFilterBindings(flags: number): Promise<NativeNWFilterBinding[]>;
  lookupNWFilterBindingByPortDev(port: string): Promise<NativeNWFilterBinding>;
  nwfilterBindingCreateXML(xml: string, flags: number): Promise<NativeNWFilterBinding>;
  listAllNetworks(flags: number): Promise<NativeNetwork[]>;
  lookupNetworkByName(name: string): Promise<NativeNetwork>;
  lookupNetworkByUUIDString(uuid: string): Promise<NativeNetwork>;
  networkDefineXML(xml: string): Promise<NativeNetwork>;
  networkCreateXML(xml: string): Promise<NativeNetwork>;
  listAllStoragePools(flags: number): Promise<NativeStoragePool[]>;
  lookupStoragePoolByName(name: string): Promise<NativeStoragePool>;
  storagePoolDefineXML(xml: string, flags: number): Promise<NativeStoragePool>;
  storagePoolCreateXML(xml: string, flags: number): Promise<NativeStoragePool>;
  lookupStorageVolByPath(path: string): Promise<NativeStorageVol>;

  getDomainXMLByName(name: string): Promise<DomainXML>;
  getDomainXMLByUUIDString(uuid: string): Promise<DomainXML>;
  getAllDomainStates(flags: number, known?: string): Promise<DomainStates>;
  getAllDomainStats(stats: number, flags: number): Promise<DomainStats[]>;
  getAllDomainsXML(listFlags: number, xmlFlags: number, definitions: boolean): Promise<DomainXML[]>;
  getAllNWFiltersXML(known: readonly string[]): Promise<NWFilterXML[]>;
  getAllNWFilterBindingsXML(): Promise<NWFilterBindingXML[]>;
}

export interface NativeDomain extends WithXML {
  readonly name: string;
  readonly uuid: string;
  create(flags: number): Promise<void>;
  shutdown(flags: number): Promise<void>;
  destroy(flags: number): Promise<void>;
  suspend(): Promise<void>;
  resume(): Promise<void>;
  reboot(flags: number): Promise<void>;
  reset(flags: number): Promise<void>;
  undefine(flags: number): Promise<void>;
  managedSave(flags: number): Promise<void>;
  managedSaveRemove(flags: number): Promise<void>;
  managedSaveDefineXML(dxml: string, flags: number): Promise<void>;
  blockResize(disk: string, size: number, flags: number): Promise<void>;
  setAutostart(on: boolean): Promise<void>;
  setMetadata(
    type: number,
    metadata: string | null,
    key: string | null,
    uri: string | null,
    flags: number,
  ): Promise<void>;
  attachDevice(xml: string, flags: number): Promise<void>;
  detachDevice(xml: string, flags: number): Promise<void>;
  detachDeviceAlias(alias: string, flags: number): Promise<void>;
  updateDevice(xml: string, flags: number): Promise<void>;
  setMemory(kib: number, flags: number): Promise<void>;
  setVcpus(count: number, flags: number): Promise<void>;
  migrateToURI3(
    destUri: string | null,
    params: Record<string, ParamValue | string[]>,
    flags: number,
  ): Promise<void>;
  migrate3(destUri: string, params: Record<string, ParamValue | string[]>, flags: number): Promise<void>;
  migrateGetMaxSpeed(flags: number): Promise<number>;
  migrateSetMaxSpeed(mebibytesPerSecond: number, flags: number): Promise<void>;
  migrateGetMaxDowntime(flags: number): Promise<number>;
  migrateSetMaxDowntime(milliseconds: number, flags: number): Promise<void>;
  migrateStartPostCopy(flags: number): Promise<void>;
  abortJob(): Promise<void>;
  rename(newName: string, flags: number): Promise<void>;
  qemuMonitorCommand(cmd: string, flags: number): Promise<string>;
  getID(): Promise<number>;
  getName(): Promise<string>;
  getState(): Promise<{ state: number; reason: number }>;
  getInfo(): Promise<DomainInfo>;
  isActive(): Promise<boolean>;
  isPersistent(): Promise<boolean>;
  hasManagedSaveImage(flags: number): Promise<boolean>;
  managedSaveGetXMLDesc(flags: number): Promise<string>;
  getAutostart(): Promise<boolean>;
  getMetadata(type: number, uri: string | null, flags: number): Promise<string>;
  interfaceStats(device: string): Promise<InterfaceStats>;
  interfaceAddresses(source: number, flags: number): Promise<DomainInterface[]>;
  getJobStats(flags: number): Promise<{ type: number; params: Params }>;
}

export interface DomainInfo {
  state: number;
  /** KiB */
  maxMem: number;
  /** KiB */
  memory: number;
  nrVirtCpu: number;
  /** ns */
  cpuTime: bigint;
}

export interface InterfaceStats {
  rxBytes: number;
  rxPackets: number;
  rxErrs: number;
  rxDrop: number;
  txBytes: number;
  txPackets: number;
  txErrs: number;
  txDrop: number;
}

export interface DomainInterface {
  name: string;
  hwaddr: string | null;
  /** `type` is a virIPAddrType. */
  addrs: { type: number; addr: string; prefix: number }[];
}

export interface NativeNWFilter extends WithXML {
  readonly name: string;
  readonly uuid: string;
  undefine(): Promise<void>;
}

export interface NativeNWFilterBinding extends WithXML {
  readonly portDev: string;
  readonly filterName: string;
  delete(): Promise<void>;
}

export interface NativeNetwork extends WithXML {
  readonly name: string;
  readonly uuid: string;
  isActive(): Promise<boolean>;
  isPersistent(): Promise<boolean>;
  getBridgeName(): Promise<string>;
  getDHCPLeases(mac: string | null, flags: number): Promise<DHCPLease[]>;
  create(): Promise<void>;
  destroy(): Promise<void>;
  undefine(): Promise<void>;
}

export interface DHCPLease {
  iface: string;
  /** Seconds since 1970 */
  expiryTime: number;
  /** virIPAddrType */
  type: number;
  mac: string | null;
  iaid: string | null;
  ipaddr: string;
  prefix: number;
  hostname: string | null;
  clientid: string | null;
}

export interface NativeStoragePool extends WithXML {
  readonly name: string;
  readonly uuid: string;
  getInfo(): Promise<StoragePoolInfo>;
  isActive(): Promise<boolean>;
  refresh(flags: number): Promise<void>;
  build(flags: number): Promise<void>;
  create(flags: number): Promise<void>;
  destroy(): Promise<void>;
  delete(flags: number): Promise<void>;
  undefine(): Promise<void>;
  listAllVolumes(flags: number): Promise<NativeStorageVol[]>;
  lookupVolByName(name: string): Promise<NativeStorageVol>;
  createVolXML(xml: string, flags: number): Promise<NativeStorageVol>;
  createVolXMLFrom(xml: string, vol: NativeStorageVol, flags: number): Promise<NativeStorageVol>;
}

/** Sizes in bytes. */
export interface StoragePoolInfo {
  state: number;
  capacity: number;
  allocation: number;
  available: number;
}

export interface NativeStorageVol extends WithXML {
  readonly name: string;
  readonly key: string;
  getPath(): Promise<string>;
  getInfo(): Promise<StorageVolInfo>;
  delete(flags: number): Promise<void>;
  resize(capacity: number, flags: number): Promise<void>;
}

/** Sizes in bytes. */
export interface StorageVolInfo {
  type: number;
  capacity: number;
  allocation: number;
}

interface Addon {
  Connection: {
    open(
      uri: string,
      readOnly: boolean,
      maxInFlight: number,
      keepAliveInterval: number,
      keepAliveCount: number,
      slowInFlight: number,
    ): Promise<NativeConnection>;
  };
}

// Debug is the build under AddressSanitizer. The path is the same from lib/ and from dist/.
const build = process.env.ADDON_BUILD === 'Debug' ? 'Debug' : 'Release';
export const addon = createRequire(import.meta.url)(`../build/${build}/node_libvirt.node`) as Addon;

/** Where each class keeps its native object; other classes of this package reach it with this key. */
export const native = Symbol('native');
