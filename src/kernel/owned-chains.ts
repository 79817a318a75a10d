import type { KernelSnapshot } from './snapshot.js';
import { type Table, tables } from '../nwfilter/rules/model.js';

/** A chain that libvirt has made for one port. */
export interface OwnedChain {
  table: Table;
  chain: string;
  /** One that libvirt was still building: it is renamed when it is whole. */
  unfinished: boolean;
}

/** What libvirt calls the chains of a port: `libvirt-I-PORT`, `I-PORT-CHAIN`, `FI-PORT`; J and P while it builds them. */
const libvirtChain = /^(libvirt-[IOJP]|[FH]?[IOJP])-(.+)$/;

/** Names of ports may have a dash: the longest that there is counts, or what is before the first dash. */
function portOf(kind: string, rest: string, ports: ReadonlySet<string>): string {
  if (kind.length > 1) return rest;
  for (let end = rest.length; end > 0; end = rest.lastIndexOf('-', end - 1)) {
    const port = rest.slice(0, end);
    if (ports.has(port)) return port;
  }
  return rest.replace(/-.*$/, '');
}

/**
 * The chains of libvirt's that the kernel has, by the port that they are for.
 * @param ports those that are known to have a filter
 */
export function ownedChains(
  { tables: chains }: KernelSnapshot,
  ports: Iterable<string>,
): Map<string, OwnedChain[]> {
  const all = tables.flatMap((table) =>
    [...chains[table].keys()].flatMap((chain) => {
      const [, kind, rest] = libvirtChain.exec(chain) ?? [];
      return kind === undefined || rest === undefined ? [] : [{ table, chain, kind, rest }];
    }),
  );
  // a chain that leads to others of its port says which ports there are
  const roots = all.filter(({ kind }) => kind.length > 1).map(({ rest }) => rest);
  const known = new Set([...ports, ...roots]);
  const owned = new Map<string, OwnedChain[]>();
  for (const { table, chain, kind, rest } of all) {
    const port = portOf(kind, rest, known);
    const list = owned.get(port) ?? [];
    list.push({ table, chain, unfinished: /[JP]$/.test(kind) });
    owned.set(port, list);
  }
  return owned;
}
