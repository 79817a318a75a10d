import type { Connection, DomainXML } from 'node-libvirt';
import { domainMarks } from './files.js';

/** A document of a domain: what runs, or its definition. */
export interface DomainDocument {
  uuid: string;
  name: string;
  xml: string;
}

interface Known {
  /** What libvirt's files of each came to, by the domains' names. */
  marks: ReadonlyMap<string, string | undefined>;
  domains: readonly DomainXML[];
}

/** The domains as they were read last. */
const known = new WeakMap<Connection, Known>();

/**
 * All domains with their documents, of one that runs its definition, too, in one walk. libvirt tells each time which there are and
 * what they do; documents, only of those whose files it may have changed since they were last read.
 * @throws LibvirtError
 */
export async function readDomains(connection: Connection): Promise<DomainXML[]> {
  const last = known.get(connection);
  // first of all: what changes after this changes them
  const marks = domainMarks(connection);
  const same = new Map(
    last?.domains
      .filter(({ name }) => marks.get(name) !== undefined && marks.get(name) === last.marks.get(name))
      .map((domain) => [domain.uuid, domain]),
  );
  const read = await connection.getAllDomainsXML(0, 0, true, [...same.keys()]);
  const domains = read.map((domain) => {
    const { name, xml, inactiveXml } = same.get(domain.uuid) ?? domain;
    return { ...domain, name, xml, ...(inactiveXml !== undefined && { inactiveXml }) };
  });
  known.set(connection, { marks, domains });
  return domains;
}

/** All documents of all domains. @throws LibvirtError */
export async function allDomainXmls(connection: Connection): Promise<DomainDocument[]> {
  const domains = await readDomains(connection);
  return domains.flatMap(({ uuid, name, xml, inactiveXml }) => [
    { uuid, name, xml },
    ...(inactiveXml === undefined ? [] : [{ uuid, name, xml: inactiveXml }]),
  ]);
}
