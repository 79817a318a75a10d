import type { Connection } from 'node-libvirt';

/** A document of a domain: what runs, or its definition. */
export interface DomainDocument {
  uuid: string;
  name: string;
  xml: string;
}

/** All that libvirt has of all domains, in one walk: of one that runs its definition, too. @throws LibvirtError */
export async function allDomainXmls(connection: Connection): Promise<DomainDocument[]> {
  const domains = await connection.getAllDomainsXML(0, 0, true);
  return domains.flatMap(({ uuid, name, xml, inactiveXml }) => [
    { uuid, name, xml },
    ...(inactiveXml === undefined ? [] : [{ uuid, name, xml: inactiveXml }]),
  ]);
}
