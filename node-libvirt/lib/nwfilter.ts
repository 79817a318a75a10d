import { call } from './errors.js';
import { Handle } from './handle.js';
import { native, type NativeNWFilter } from './native.js';

/** A network filter. */
export class NWFilter extends Handle<NativeNWFilter> {
  /** Its name. Known without asking. */
  readonly name: string;
  /** Its UUID. Known without asking. */
  readonly uuid: string;

  /** @internal */
  constructor(object: NativeNWFilter, connection: object) {
    super(object, connection);
    this.name = object.name;
    this.uuid = object.uuid;
  }

  /**
   * Its XML.
   * @param flags none known: 0
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterGetXMLDesc
   */
  getXMLDesc(flags = 0): Promise<string> {
    return call(() => this[native].getXMLDesc(flags));
  }

  /**
   * Removes it; refused while a running domain or another filter uses it.
   * @throws LibvirtError, or ClosedError after a close
   *
   * https://libvirt.org/html/libvirt-libvirt-nwfilter.html#virNWFilterUndefine
   */
  undefine(): Promise<void> {
    return call(() => this[native].undefine());
  }
}
