import { type Connection, VIR_ERR_NO_NWFILTER_BINDING } from 'node-libvirt';
import { isNotFound, Problem } from '../errors.js';
import { FilterCatalog } from '../filtering/catalog.js';
import type { NwfilterBinding } from '../schemas/nwfilter.js';
import { type BindingDescription, readBinding } from '../xml/nwfilter-binding.js';
import { readBindings } from './users.js';

function toView({ filter, ...binding }: BindingDescription, catalog: FilterCatalog): NwfilterBinding {
  return { ...binding, filters: catalog.listOf(filter) };
}

/** libvirt's bindings, in order of their ports. @throws LibvirtError */
export async function listBindings(connection: Connection): Promise<NwfilterBinding[]> {
  const [bindings, catalog] = await Promise.all([readBindings(connection), FilterCatalog.read(connection)]);
  return bindings.map((binding) => toView(binding, catalog));
}

/** The binding of one port. @throws Problem nwfilter-binding-not-found; LibvirtError */
export async function findBinding(connection: Connection, port: string): Promise<NwfilterBinding> {
  try {
    await using binding = await connection.lookupNWFilterBindingByPortDev(port);
    return toView(readBinding(await binding.getXMLDesc()), await FilterCatalog.read(connection));
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_NWFILTER_BINDING)) throw error;
    throw new Problem('nwfilter-binding-not-found', `No filter is bound to the port ${port}.`, {
      cause: error,
    });
  }
}
