import { call } from './errors.js';
import { Handle } from './handle.js';
import { native, type NativeStoragePool, type StoragePoolInfo } from './native.js';
import { StorageVol } from './storage-vol.js';

/** A place for volumes, such as a directory. */
export class StoragePool extends Handle<NativeStoragePool> {
  /** Its name. Known without asking. */
  readonly name: string;
  /** Its UUID. Known without asking. */
  readonly uuid: string;

  /** @internal */
  constructor(object: NativeStoragePool, connection: object) {
    super(object, connection);
    this.name = object.name;
    this.uuid = object.uuid;
  }

  /**
   * Its XML.
   * @param flags virStorageXMLFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * State (virStoragePoolState) and sizes in bytes.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolGetInfo
   */
  getInfo(): Promise<StoragePoolInfo> {
    return call(() => this[native].getInfo());
  }

  /**
   * Whether it is started.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolIsActive
   */
  isActive(): Promise<boolean> {
    return call(() => this[native].isActive());
  }

  /**
   * Looks again at which volumes there are.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolRefresh
   */
  refresh(flags = 0): Promise<void> {
    return call(() => this[native].refresh(flags));
  }

  /**
   * Makes what it lies on, such as its directory.
   * @param flags virStoragePoolBuildFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolBuild
   */
  build(flags = 0): Promise<void> {
    return call(() => this[native].build(flags));
  }

  /**
   * Starts it.
   * @param flags virStoragePoolCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolCreate
   */
  create(flags = 0): Promise<void> {
    return call(() => this[native].create(flags));
  }

  /**
   * Stops it; its volumes stay.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolDestroy
   */
  destroy(): Promise<void> {
    return call(() => this[native].destroy());
  }

  /**
   * Deletes what it lies on. Not to be undone.
   * @param flags virStoragePoolDeleteFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolDelete
   */
  delete(flags = 0): Promise<void> {
    return call(() => this[native].delete(flags));
  }

  /**
   * Removes the configuration of a stopped pool.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolUndefine
   */
  undefine(): Promise<void> {
    return call(() => this[native].undefine());
  }

  /**
   * Its volumes.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStoragePoolListAllVolumes
   */
  async listAllVolumes(flags = 0): Promise<StorageVol[]> {
    const objects = await call(() => this[native].listAllVolumes(flags));
    return objects.map((object) => new StorageVol(object, this.connection));
  }

  /**
   * The volume of a name.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolLookupByName
   */
  async lookupVolByName(name: string): Promise<StorageVol> {
    return new StorageVol(await call(() => this[native].lookupVolByName(name)), this.connection);
  }

  /**
   * Makes a volume.
   * @param flags virStorageVolCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolCreateXML
   */
  async createVolXML(xml: string, flags = 0): Promise<StorageVol> {
    return new StorageVol(await call(() => this[native].createVolXML(xml, flags)), this.connection);
  }

  /**
   * Makes a volume with the content of another one of the same connection.
   * @param flags virStorageVolCreateFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolCreateXMLFrom
   */
  async createVolXMLFrom(xml: string, vol: StorageVol, flags = 0): Promise<StorageVol> {
    return new StorageVol(
      await call(() => this[native].createVolXMLFrom(xml, vol[native], flags)),
      this.connection,
    );
  }
}
