import { call } from './errors.js';
import { Handle } from './handle.js';
import {
  native,
  type DomainInfo,
  type DomainInterface,
  type InterfaceStats,
  type NativeDomain,
  type Params,
  type ParamValue,
} from './native.js';

/** A virtual machine. */
export class Domain extends Handle<NativeDomain> {
  /** Its name when it was looked up. Known without asking. */
  readonly name: string;
  /** Its UUID. Known without asking. */
  readonly uuid: string;

  /** @internal */
  constructor(object: NativeDomain, connection: object) {
    super(object, connection);
    this.name = object.name;
    this.uuid = object.uuid;
  }

  /**
   * Starts a defined domain.
   * @param flags virDomainCreateFlags, such as VIR_DOMAIN_START_PAUSED
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainCreateWithFlags
   */
  create(flags = 0): Promise<void> {
    return call(() => this[native].create(flags));
  }

  /**
   * Asks the guest to shut down; resolves when it was asked.
   * @param flags virDomainShutdownFlagValues
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainShutdownFlags
   */
  shutdown(flags = 0): Promise<void> {
    return call(() => this[native].shutdown(flags));
  }

  /**
   * Stops it at once, as if by its power plug.
   * @param flags virDomainDestroyFlagsValues
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainDestroyFlags
   */
  destroy(flags = 0): Promise<void> {
    return call(() => this[native].destroy(flags));
  }

  /**
   * Pauses its processors.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSuspend
   */
  suspend(): Promise<void> {
    return call(() => this[native].suspend());
  }

  /**
   * Lets a paused domain run on.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainResume
   */
  resume(): Promise<void> {
    return call(() => this[native].resume());
  }

  /**
   * Asks the guest to reboot.
   * @param flags virDomainRebootFlagValues
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainReboot
   */
  reboot(flags = 0): Promise<void> {
    return call(() => this[native].reboot(flags));
  }

  /**
   * Resets it at once, as if by its reset button.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainReset
   */
  reset(flags = 0): Promise<void> {
    return call(() => this[native].reset(flags));
  }

  /**
   * Removes its configuration; a running domain becomes transient.
   * @param flags virDomainUndefineFlagsValues
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainUndefineFlags
   */
  undefine(flags = 0): Promise<void> {
    return call(() => this[native].undefine(flags));
  }

  /**
   * Saves its memory to a file of libvirt's and stops it; the next create() restores it.
   * @param flags virDomainSaveRestoreFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainManagedSave
   */
  managedSave(flags = 0): Promise<void> {
    return call(() => this[native].managedSave(flags));
  }

  /**
   * Whether the next create() would restore a saved state.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainHasManagedSaveImage
   */
  hasManagedSaveImage(flags = 0): Promise<boolean> {
    return call(() => this[native].hasManagedSaveImage(flags));
  }

  /**
   * Throws its saved memory away: the next create() boots it.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainManagedSaveRemove
   */
  managedSaveRemove(flags = 0): Promise<void> {
    return call(() => this[native].managedSaveRemove(flags));
  }

  /**
   * The XML that its saved memory would be restored with.
   * @param flags virDomainSaveImageXMLFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainManagedSaveGetXMLDesc
   */
  managedSaveGetXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].managedSaveGetXMLDesc(flags));
  }

  /**
   * Changes the XML that its saved memory is to be restored with; what the guest sees has to stay.
   * @param flags virDomainSaveRestoreFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainManagedSaveDefineXML
   */
  managedSaveDefineXML(dxml: string, flags = 0): Promise<void> {
    return call(() => this[native].managedSaveDefineXML(dxml, flags));
  }

  /**
   * Asks for its current id; -1 when it does not run.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainLookupByUUIDString
   */
  getID(): Promise<number> {
    return call(() => this[native].getID());
  }

  /**
   * Asks for its current name; `name` is the one it was looked up with.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainLookupByUUIDString
   */
  getName(): Promise<string> {
    return call(() => this[native].getName());
  }

  /**
   * Its XML.
   * @param flags virDomainXMLFlags, such as VIR_DOMAIN_XML_INACTIVE
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * A virDomainState and a reason, whose enum depends on the state.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetState
   */
  getState(): Promise<{ state: number; reason: number }> {
    return call(() => this[native].getState());
  }

  /**
   * State (virDomainState), memory in KiB, processors, processor time in ns.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetInfo
   */
  getInfo(): Promise<DomainInfo> {
    return call(() => this[native].getInfo());
  }

  /**
   * Whether it runs (paused counts).
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainIsActive
   */
  isActive(): Promise<boolean> {
    return call(() => this[native].isActive());
  }

  /**
   * Whether it has a configuration that outlives it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainIsPersistent
   */
  isPersistent(): Promise<boolean> {
    return call(() => this[native].isPersistent());
  }

  /**
   * Whether it starts with the host.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetAutostart
   */
  getAutostart(): Promise<boolean> {
    return call(() => this[native].getAutostart());
  }

  /**
   * Sets whether it starts with the host.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSetAutostart
   */
  setAutostart(on: boolean): Promise<void> {
    return call(() => this[native].setAutostart(on));
  }

  /**
   * Title, description, or the metadata element of a namespace.
   * @param type virDomainMetadataType
   * @param uri the namespace, for VIR_DOMAIN_METADATA_ELEMENT
   * @param flags virDomainModificationImpact
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetMetadata
   */
  getMetadata(type: number, uri: string | null = null, flags = 0): Promise<string> {
    return call(() => this[native].getMetadata(type, uri, flags));
  }

  /**
   * Sets, or with null removes, title, description or the metadata element of a namespace.
   * @param type virDomainMetadataType
   * @param key the prefix for the namespace, for VIR_DOMAIN_METADATA_ELEMENT
   * @param uri the namespace, likewise
   * @param flags virDomainModificationImpact
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSetMetadata
   */
  setMetadata(
    type: number,
    metadata: string | null,
    key: string | null = null,
    uri: string | null = null,
    flags = 0,
  ): Promise<void> {
    return call(() => this[native].setMetadata(type, metadata, key, uri, flags));
  }

  /**
   * Adds a device.
   * @param flags virDomainDeviceModifyFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainAttachDeviceFlags
   */
  attachDevice(xml: string, flags = 0): Promise<void> {
    return call(() => this[native].attachDevice(xml, flags));
  }

  /**
   * Removes a device; from a running guest it is gone when the deviceRemoved event says so.
   * @param flags virDomainDeviceModifyFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainDetachDeviceFlags
   */
  detachDevice(xml: string, flags = 0): Promise<void> {
    return call(() => this[native].detachDevice(xml, flags));
  }

  /**
   * Asks for the removal of a device by its alias; it is gone when the deviceRemoved event says so.
   * @param flags virDomainDeviceModifyFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainDetachDeviceAlias
   */
  detachDeviceAlias(alias: string, flags = 0): Promise<void> {
    return call(() => this[native].detachDeviceAlias(alias, flags));
  }

  /**
   * Changes a device.
   * @param flags virDomainDeviceModifyFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainUpdateDeviceFlags
   */
  updateDevice(xml: string, flags = 0): Promise<void> {
    return call(() => this[native].updateDevice(xml, flags));
  }

  /**
   * Sets its memory, in KiB.
   * @param flags virDomainMemoryModFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSetMemoryFlags
   */
  setMemory(kib: number, flags = 0): Promise<void> {
    return call(() => this[native].setMemory(kib, flags));
  }

  /**
   * Sets its number of processors.
   * @param flags virDomainVcpuFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSetVcpusFlags
   */
  setVcpus(count: number, flags = 0): Promise<void> {
    return call(() => this[native].setVcpus(count, flags));
  }

  /**
   * Gives a disk of a running domain another size; its guest is told.
   * @param disk the target, such as vda, or the path
   * @param size in KiB, or with VIR_DOMAIN_BLOCK_RESIZE_BYTES in bytes
   * @param flags virDomainBlockResizeFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainBlockResize
   */
  blockResize(disk: string, size: number, flags = 0): Promise<void> {
    return call(() => this[native].blockResize(disk, size, flags));
  }

  /**
   * Counters of a NIC since it was plugged in, as the host counts; -1 where unknown.
   * @param device the target device on the host, or the MAC address
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainInterfaceStats
   */
  interfaceStats(device: string): Promise<InterfaceStats> {
    return call(() => this[native].interfaceStats(device));
  }

  /**
   * The IP addresses of its NICs.
   * @param source virDomainInterfaceAddressesSource: from leases, the guest's agent, or the host's ARP table
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainInterfaceAddresses
   */
  interfaceAddresses(source: number, flags = 0): Promise<DomainInterface[]> {
    return call(() => this[native].interfaceAddresses(source, flags));
  }

  /**
   * Migrates it to another host. Takes as long as that takes; abortJob() ends it.
   * @param params by VIR_MIGRATE_PARAM_*; an integer is an int, or an unsigned long long where libvirt wants one
   *   (a bigint always is a 64-bit parameter); an array stands for a parameter that is given several times
   * @param flags virDomainMigrateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateToURI3
   */
  migrateToURI3(
    destUri: string | null,
    params: Record<string, ParamValue | string[]>,
    flags = 0,
  ): Promise<void> {
    return call(() => this[native].migrateToURI3(destUri, params, flags));
  }

  /**
   * Migrates it to another host, over a connection to that host which this call opens, and closes at its end: the migration is
   * managed from here, and is given up when this process dies. Takes as long as that takes; abortJob() ends it.
   * @param destUri of libvirt on the destination, as it is reached from here
   * @param params by VIR_MIGRATE_PARAM_*, as for migrateToURI3()
   * @param flags virDomainMigrateFlags, without VIR_MIGRATE_PEER2PEER
   * @throws LibvirtError, whose call is virConnectOpen when the destination cannot be reached, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrate3
   */
  migrate3(destUri: string, params: Record<string, ParamValue | string[]>, flags = 0): Promise<void> {
    return call(() => this[native].migrate3(destUri, params, flags));
  }

  /**
   * How fast its migrations may be, MiB/s; 8796093022207 is libvirt's word for any speed.
   * @param flags virDomainMigrateMaxSpeedFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateGetMaxSpeed
   */
  migrateGetMaxSpeed(flags = 0): Promise<number> {
    return call(() => this[native].migrateGetMaxSpeed(flags));
  }

  /**
   * Sets how fast its migration may be, also of the one under way.
   * @param mebibytesPerSecond MiB/s
   * @param flags virDomainMigrateMaxSpeedFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateSetMaxSpeed
   */
  migrateSetMaxSpeed(mebibytesPerSecond: number, flags = 0): Promise<void> {
    return call(() => this[native].migrateSetMaxSpeed(mebibytesPerSecond, flags));
  }

  /**
   * For how long it may stand still at the end of a live migration, ms.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateGetMaxDowntime
   */
  migrateGetMaxDowntime(flags = 0): Promise<number> {
    return call(() => this[native].migrateGetMaxDowntime(flags));
  }

  /**
   * Sets for how long it may stand still at the end of a live migration, also of the one under way.
   * @param milliseconds ms
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateSetMaxDowntime
   */
  migrateSetMaxDowntime(milliseconds: number, flags = 0): Promise<void> {
    return call(() => this[native].migrateSetMaxDowntime(milliseconds, flags));
  }

  /**
   * Has a migration that was begun with VIR_MIGRATE_POSTCOPY go on at the destination, and fetch what it lacks from here.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainMigrateStartPostCopy
   */
  migrateStartPostCopy(flags = 0): Promise<void> {
    return call(() => this[native].migrateStartPostCopy(flags));
  }

  /**
   * What its current, or with VIR_DOMAIN_JOB_STATS_COMPLETED its last, job has done.
   * `type` is a virDomainJobType; `params` by VIR_DOMAIN_JOB_*; 64-bit counters are numbers, past 2^53 bigints.
   * @param flags virDomainGetJobStatsFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetJobStats
   */
  getJobStats(flags = 0): Promise<{ type: number; params: Params }> {
    return call(() => this[native].getJobStats(flags));
  }

  /**
   * Aborts its current job, such as a migration.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainAbortJob
   */
  abortJob(): Promise<void> {
    return call(() => this[native].abortJob());
  }

  /**
   * Gives a domain that does not run another name. `name` of this handle stays as it is.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainRename
   */
  rename(newName: string, flags = 0): Promise<void> {
    return call(() => this[native].rename(newName, flags));
  }

  /**
   * Has QEMU carry out a command of its own; libvirt then counts the domain as tainted.
   * @param cmd as JSON, in the words of QEMU's machine protocol
   * @param flags virDomainQemuMonitorCommandFlags
   * @returns QEMU's answer, an error of its own included
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-qemu.html#virDomainQemuMonitorCommand
   */
  qemuMonitorCommand(cmd: string, flags = 0): Promise<string> {
    return call(() => this[native].qemuMonitorCommand(cmd, flags));
  }
}
