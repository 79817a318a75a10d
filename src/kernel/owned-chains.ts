import type { KernelSnapshot } from './snapshot.js';
import { type AnyTable, isNative, nativeTables, type Table, tables } from '../nwfilter/rules/model.js';

/** A chain that libvirt has made for one port. */
export interface OwnedChain {
  table: AnyTable;
  chain: string;
  /** One that libvirt was still building: it is renamed when it is whole. */
  unfinished: boolean;
}

/** What libvirt calls the chains of a port, in its table of ebtables `libvirt-I-PORT` and `I-PORT-CHAIN`, in the others `FI-PORT`; J and P while it builds them. */
const libvirtChains: Readonly<Record<Table, RegExp>> = {
  ebtables: /^(libvirt-[IOJP]|[IOJP])-(.+)$/,
  iptables: /^(F[IOJP]|H[IJ])-(.+)$/,
  ip6tables: /^(F[IOJP]|H[IJ])-(.+)$/,
};

/** The same by its own backend for nftables: `PORT-in`, `PORT-CHAIN-out`; with n- before it while it builds them. */
const nativeChain = /^(n-)?(.+)-(?:in|out)$/;

/** One that is made for a port, with what of its name begins with the port's. */
interface Named extends OwnedChain {
  /** It leads to the others, and its name has nothing else. */
  root: boolean;
  rest: string;
}

/** Names of ports may have a dash: the longest that there is counts, or what is before the first dash. */
function portOf({ root, rest }: Named, ports: ReadonlySet<string>): string {
  if (root) return rest;
  for (let end = rest.length; end > 0; end = rest.lastIndexOf('-', end - 1)) {
    const port = rest.slice(0, end);
    if (ports.has(port)) return port;
  }
  return rest.replace(/-.*$/, '');
}

/**
 * Those of a port's that are certainly libvirt's: in a table of its own; and of the tables that others use too, when it has
 * named the tap or one of the chains, so that nobody else would.
 */
export function surelyLibvirts(port: string, owned: readonly OwnedChain[]): OwnedChain[] {
  const named = /^vnet\d+$/.test(port) || owned.some(({ chain }) => chain.startsWith('libvirt-'));
  return owned.filter(({ table }) => named || isNative(table));
}

/**
 * The chains of libvirt's that the kernel has, by the port that they are for.
 * @param ports those that are known to have a filter
 */
export function ownedChains(
  kernel: Pick<KernelSnapshot, 'tables' | 'native'>,
  ports: Iterable<string>,
): Map<string, OwnedChain[]> {
  const all = [...savedChains(kernel), ...nativeChains(kernel)];
  // a chain that leads to others of its port says which ports there are, and so do the maps
  const roots = all.filter(({ root }) => root).map(({ rest }) => rest);
  const mapped = nativeTables.flatMap((table) =>
    [...(kernel.native[table]?.maps.values() ?? [])].flatMap((map) => [...map.keys()]),
  );
  const known = new Set([...ports, ...roots, ...mapped]);
  const owned = new Map<string, OwnedChain[]>();
  for (const named of all) {
    const { table, chain, unfinished } = named;
    const port = portOf(named, known);
    owned.set(port, [...(owned.get(port) ?? []), { table, chain, unfinished }]);
  }
  return owned;
}

const savedChains = ({ tables: chains }: Pick<KernelSnapshot, 'tables'>): Named[] =>
  tables.flatMap((table) =>
    [...chains[table].keys()].flatMap((chain) => {
      const [, kind, rest] = libvirtChains[table].exec(chain) ?? [];
      if (kind === undefined || rest === undefined) return [];
      return [{ table, chain, rest, root: kind.length > 1, unfinished: /[JP]$/.test(kind) }];
    }),
  );

const nativeChains = ({ tables: chains, native }: Pick<KernelSnapshot, 'tables' | 'native'>): Named[] =>
  nativeTables.flatMap((table) =>
    [...chains[table].keys()].flatMap((chain) => {
      const [, prefix, rest] = nativeChain.exec(chain) ?? [];
      if (rest === undefined || native[table]?.hooks.has(chain)) return [];
      return [{ table, chain, rest, root: false, unfinished: prefix !== undefined }];
    }),
  );
