import type { Connection } from 'node-libvirt';
import type { FilterUser, FilterUsers } from '../errors.js';
import type { FilterCatalog } from '../filtering/catalog.js';
import { isComposedName } from '../filtering/composed.js';
import { allDomainXmls } from '../libvirt/domain-xmls.js';
import { filesMark } from '../libvirt/files.js';
import { type DomainDescription, readDomain } from '../xml/domain.js';
import { type BindingDescription, readBinding } from '../xml/nwfilter-binding.js';

/** A NIC with a filter: in force on a port, in the definition of a VM, or to come back when trust ends. */
interface Use extends FilterUser {
  filter: string;
}

/** libvirt's bindings, in order of their ports. Answered while libvirt rebuilds rules, too. @throws LibvirtError */
export async function readBindings(connection: Connection): Promise<BindingDescription[]> {
  const bindings = await connection.getAllNWFilterBindingsXML();
  return bindings
    .map(({ xml }) => readBinding(xml))
    .toSorted((a, b) => (a.port < b.port ? -1 : a.port > b.port ? 1 : 0));
}

const usesOf = ({ uuid, interfaces, record }: DomainDescription): Use[] => [
  ...interfaces.flatMap(({ mac, filter, target }) =>
    filter === undefined
      ? []
      : [{ vm: uuid, nic: mac, filter, ...(target !== undefined && { port: target }) }],
  ),
  // what a trusted NIC is to have again must be there then
  ...record.nics.flatMap(({ mac, before }) =>
    (before?.filters ?? []).map((filter) => ({ vm: uuid, nic: mac, filter })),
  ),
];

/** Who was seen to use filters, when libvirt's files had this mark. */
const remembered = new WeakMap<Connection, { mark: string; uses: FilterUses }>();

/** Who uses filters, on the whole host, at one moment. */
export class FilterUses {
  readonly #uses: readonly Use[];

  constructor(uses: readonly Use[]) {
    this.#uses = uses;
  }

  /** Reads them all, or gives the last ones again while libvirt's files show that no VM has changed. @throws LibvirtError */
  static async read(connection: Connection): Promise<FilterUses> {
    const mark = filesMark(connection, 'vms');
    const last = remembered.get(connection);
    if (last && last.mark === mark) return last.uses;
    const [bindings, domains] = await Promise.all([readBindings(connection), allDomainXmls(connection)]);
    const bound = bindings.map(({ vm, mac, port, filter }) => ({ vm, nic: mac, port, filter }));
    const inDomains = domains.flatMap(({ xml }) => usesOf(readDomain(xml)));
    const uses = new FilterUses([...bound, ...inDomains]);
    if (mark !== undefined) remembered.set(connection, { mark, uses });
    return uses;
  }

  /** The NICs that a filter is part of the rules of, each once; and the filters that name it. */
  of(name: string, catalog: FilterCatalog): FilterUsers {
    const nics = new Map<string, FilterUser>();
    for (const { filter, ...user } of this.#uses) {
      const key = `${user.vm} ${user.nic.toLowerCase()}`;
      // the first to name a NIC is the one that knows its port
      if (!nics.has(key) && catalog.contains(filter, name)) nics.set(key, user);
    }
    // libvirt tells them in no order, and an entity tag is of one
    return {
      usedBy: [...nics].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, user]) => user),
      referencedBy: catalog
        .referencesTo(name)
        .filter((filter) => !isComposedName(filter))
        .sort(),
    };
  }
}
