import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { type DomainDescription, readDomain } from '../xml/domain.js';

/** A VM as it is before it is moved. */
export interface Machine {
  uuid: string;
  name: string;
  active: boolean;
  persistent: boolean;
  autostart: boolean;
  /** What runs, or of one that is off its definition. */
  now: DomainDescription;
  /** Its definition; what runs where it has none. */
  definition: DomainDescription;
}

/** @throws LibvirtError */
export async function readMachine(domain: Domain): Promise<Machine> {
  const [active, persistent] = [await domain.isActive(), await domain.isPersistent()];
  const now = readDomain(await domain.getXMLDesc());
  const running = active && persistent;
  return {
    uuid: domain.uuid,
    name: domain.name,
    active,
    persistent,
    autostart: persistent && (await domain.getAutostart()),
    now,
    definition: running ? readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)) : now,
  };
}

/** The filters that any document of the VM refers to, which the destination must have. */
export const filtersOf = ({ now, definition }: Machine): string[] => [
  ...new Set([...now.interfaces, ...definition.interfaces].flatMap(({ filter }) => filter ?? [])),
];
