import { release } from 'node:os';
import { type Connection, LibvirtError, VIR_ERR_NO_SUPPORT } from 'node-libvirt';
import { backendsOf, type LibvirtBackend } from '../enforcement/backend.js';
import { Problem } from '../errors.js';
import type { ShippedFilters } from '../filtering/shipped.js';
import { type Backend, readKernel } from '../kernel/snapshot.js';
import { runTool } from '../kernel/tool.js';
import type { LibvirtSession } from '../libvirt/session.js';
import { readBindings } from '../nwfilters/users.js';
import type { Host } from '../schemas/host.js';
import { version } from '../version.js';
import { virtTypesOf } from '../xml/capabilities.js';
import { type HostPlaces, readLacks } from './lacks.js';

/** Of libvirt's numbers: 9000000 → 9.0.0 */
export const versionText = (number: number): string =>
  [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join('.');

/** Reads the kernel's rules, for what keeps it from that. */
export async function whyUnreadable(): Promise<Problem | undefined> {
  try {
    await readKernel();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** What the tools of ebtables go over; rules that would tell need not be there. @throws Problem kernel-unreadable */
const ebtablesOver = async (): Promise<Backend> =>
  (await runTool('ebtables', ['--version'])).includes('nf_tables') ? 'ebtables-nft' : 'ebtables-legacy';

/** What libvirt has of filters; nothing on a driver that knows none. @throws LibvirtError */
async function readFiltering(
  connection: Connection,
  filters: ShippedFilters,
): Promise<{ baseFilters?: NonNullable<Host['baseFilters']>; backend?: LibvirtBackend }> {
  try {
    const [baseFilters, bindings] = await Promise.all([
      filters.baseFilters(connection),
      readBindings(connection),
    ]);
    return { baseFilters, backend: backendsOf(bindings)() };
  } catch (error) {
    if (error instanceof LibvirtError && error.code === VIR_ERR_NO_SUPPORT) return {};
    throw error;
  }
}

/** What libvirt says of the host. @throws LibvirtError */
async function readLibvirt(connection: Connection, filters: ShippedFilters) {
  const [name, driver, libvirt, hypervisor, capabilities, filtering] = await Promise.all([
    connection.getHostname(),
    connection.getType(),
    connection.getLibVersion(),
    connection.getVersion(),
    connection.getCapabilities(),
    readFiltering(connection, filters),
  ]);
  const versions = { libvirt: versionText(libvirt), hypervisor: versionText(hypervisor) };
  return {
    name,
    driver,
    versions,
    virtTypes: virtTypesOf(capabilities),
    ...filtering,
  };
}

/** The host, and what the service may not do there. @throws LibvirtError */
export async function readHost(
  { session, filters }: { session: LibvirtSession; filters: ShippedFilters },
  places: HostPlaces,
): Promise<Host> {
  const [unreadable, said] = await Promise.all([
    whyUnreadable(),
    session.connected ? readLibvirt(session.connection, filters) : undefined,
  ]);
  const { versions, backend, ...more } = said ?? {};
  const { failure } = session;
  return {
    ...more,
    connection: {
      uri: places.uri,
      state: said ? 'connected' : 'disconnected',
      ...(!said && failure !== undefined && { failure }),
    },
    versions: { virtwarden: version, kernel: release(), ...versions },
    ...(!unreadable && { nwfilterBackend: backend === 'nftables' ? backend : await ebtablesOver() }),
    lacks: await readLacks(places, unreadable),
  };
}
