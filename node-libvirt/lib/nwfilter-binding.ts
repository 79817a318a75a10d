import { call } from './errors.js';
import { Handle } from './handle.js';
import { native, type NativeNWFilterBinding } from './native.js';

/** A filter that is in force on a host's network port. */
export class NWFilterBinding extends Handle<NativeNWFilterBinding> {
  /** The network port, such as vnet0. Known without asking. */
  readonly portDev: string;
  /** The filter's name. Known without asking. */
  readonly filterName: string;

  /** @internal */
  constructor(object: NativeNWFilterBinding, connection: object) {
    super(object, connection);
    this.portDev = object.portDev;
    this.filterName = object.filterName;
  }

  /**
   * Its XML.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterBindingGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * Takes the rules off the port.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterBindingDelete
   */
  delete(): Promise<void> {
    return call(() => this[native].delete());
  }
}
