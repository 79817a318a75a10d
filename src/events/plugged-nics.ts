import { type Connection, VIR_CONNECT_LIST_DOMAINS_ACTIVE, VIR_ERR_NO_DOMAIN } from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { aliasOf, interfacesOf, macOf } from '../xml/interface.js';
import { parseXml } from '../xml/tree.js';

/** MAC addresses by libvirt's names of devices. */
type Nics = ReadonlyMap<string, string>;

function nicsOf(xml: string): Nics {
  return new Map(
    interfacesOf(parseXml(xml)).flatMap((node) => {
      const alias = aliasOf(node);
      return alias === undefined ? [] : [[alias, macOf(node)] as const];
    }),
  );
}

/**
 * What the NICs that are plugged are called: libvirt names a device that is gone only by its alias. For events alone,
 * and no longer than the connection.
 */
export class PluggedNics {
  readonly #connection: Connection;
  readonly #byVm = new Map<string, Nics>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  macOf(vm: string, alias: string): string | undefined {
    return this.#byVm.get(vm)?.get(alias);
  }

  /** Looks at all VMs that run. @throws LibvirtError */
  async readAll(): Promise<void> {
    const vms = await this.#connection.getAllDomainsXML(VIR_CONNECT_LIST_DOMAINS_ACTIVE);
    for (const { uuid, xml } of vms) this.#byVm.set(uuid, nicsOf(xml));
  }

  /** Looks at one VM, which may be gone by now; with an alias, at that device of it only. @throws LibvirtError */
  async read(vm: string, alias?: string): Promise<void> {
    const nics = await this.#readXml(vm);
    if (alias === undefined) {
      this.#byVm.set(vm, nics);
      return;
    }
    const mac = nics.get(alias);
    this.forgetOne(vm, alias);
    if (mac !== undefined) this.#byVm.set(vm, new Map([...(this.#byVm.get(vm) ?? []), [alias, mac]]));
  }

  forget(vm: string): void {
    this.#byVm.delete(vm);
  }

  forgetOne(vm: string, alias: string): void {
    const nics = new Map(this.#byVm.get(vm));
    if (nics.delete(alias)) this.#byVm.set(vm, nics);
  }

  async #readXml(vm: string): Promise<Nics> {
    try {
      await using domain = await this.#connection.lookupDomainByUUIDString(vm);
      return nicsOf(await domain.getXMLDesc());
    } catch (error) {
      if (isNotFound(error, VIR_ERR_NO_DOMAIN)) return new Map();
      throw error;
    }
  }
}
