import { call } from './errors.js';
import { Handle } from './handle.js';
import { native, type DHCPLease, type NativeNetwork } from './native.js';

/** A virtual network. */
export class Network extends Handle<NativeNetwork> {
  /** Its name. Known without asking. */
  readonly name: string;
  /** Its UUID. Known without asking. */
  readonly uuid: string;

  /** @internal */
  constructor(object: NativeNetwork, connection: object) {
    super(object, connection);
    this.name = object.name;
    this.uuid = object.uuid;
  }

  /**
   * Its XML.
   * @param flags virNetworkXMLFlags
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * Whether it is started.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkIsActive
   */
  isActive(): Promise<boolean> {
    return call(() => this[native].isActive());
  }

  /**
   * Whether it has a configuration that outlives it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkIsPersistent
   */
  isPersistent(): Promise<boolean> {
    return call(() => this[native].isPersistent());
  }

  /**
   * The host's bridge that it uses.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkGetBridgeName
   */
  getBridgeName(): Promise<string> {
    return call(() => this[native].getBridgeName());
  }

  /**
   * The leases of its DHCP server.
   * @param mac only those of this MAC address
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkGetDHCPLeases
   */
  getDHCPLeases(mac: string | null = null, flags = 0): Promise<DHCPLease[]> {
    return call(() => this[native].getDHCPLeases(mac, flags));
  }

  /**
   * Starts it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkCreate
   */
  create(): Promise<void> {
    return call(() => this[native].create());
  }

  /**
   * Stops it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkDestroy
   */
  destroy(): Promise<void> {
    return call(() => this[native].destroy());
  }

  /**
   * Removes its configuration.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-network.html#virNetworkUndefine
   */
  undefine(): Promise<void> {
    return call(() => this[native].undefine());
  }
}
