import { call } from './errors.js';
import { Handle } from './handle.js';
import { native, type NativeStorageVol, type StorageVolInfo } from './native.js';

/** A volume, such as a disk image. */
export class StorageVol extends Handle<NativeStorageVol> {
  /** Its name. Known without asking. */
  readonly name: string;
  /** Its key, which no other volume of the host has. Known without asking. */
  readonly key: string;

  /** @internal */
  constructor(object: NativeStorageVol, connection: object) {
    super(object, connection);
    this.name = object.name;
    this.key = object.key;
  }

  /**
   * Its path on the host.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolGetPath
   */
  getPath(): Promise<string> {
    return call(() => this[native].getPath());
  }

  /**
   * Type (virStorageVolType) and sizes in bytes.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolGetInfo
   */
  getInfo(): Promise<StorageVolInfo> {
    return call(() => this[native].getInfo());
  }

  /**
   * Its XML.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * Deletes it. Not to be undone.
   * @param flags virStorageVolDeleteFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolDelete
   */
  delete(flags = 0): Promise<void> {
    return call(() => this[native].delete(flags));
  }

  /**
   * Sets its capacity, in bytes.
   * @param flags virStorageVolResizeFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolResize
   */
  resize(capacity: number, flags = 0): Promise<void> {
    return call(() => this[native].resize(capacity, flags));
  }
}
