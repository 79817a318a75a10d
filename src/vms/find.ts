import { type Connection, type Domain, VIR_ERR_NO_DOMAIN } from 'node-libvirt';
import { isNotFound } from '../errors.js';

/** The VM with this UUID; undefined when there is none. @throws LibvirtError */
export async function findVm(connection: Connection, uuid: string): Promise<Domain | undefined> {
  try {
    return await connection.lookupDomainByUUIDString(uuid);
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_DOMAIN)) return undefined;
    throw error;
  }
}
