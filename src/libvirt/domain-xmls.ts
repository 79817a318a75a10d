import { setImmediate } from 'node:timers/promises';
import { type Connection, type DomainXML, VIR_ERR_NO_DOMAIN } from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { readDomain } from '../xml/domain.js';
import { readStates } from './domain-states.js';
import { domainMarks, type Marks, unchangedBetween } from './files.js';

/** A document of a domain: what runs, or its definition. */
export interface DomainDocument {
  uuid: string;
  name: string;
  xml: string;
}

interface Known {
  /** What libvirt's files of each came to, by the domains' names. */
  marks: Marks;
  items: readonly DomainXML[];
}

/** The domains as they were read last. */
const known = new WeakMap<Connection, Known>();

/** Where more than so many have changed, all are read: that takes a few calls for all instead of a few for each. */
const few = 16;

/** @returns nothing when it has gone meanwhile */
async function readOne(connection: Connection, uuid: string): Promise<DomainXML[]> {
  try {
    return [await connection.getDomainXMLByUUIDString(uuid)];
  } catch (error) {
    if (isNotFound(error, VIR_ERR_NO_DOMAIN)) return [];
    throw error;
  }
}

/** Nobody waits longer than about so long while documents are made out, ms. */
const turnMs = 2;

/**
 * Makes out what documents say, which is remembered: those of a thousand VMs take a third of a second, in which others are to
 * have their turns.
 */
async function makeOut(domains: readonly DomainXML[]): Promise<void> {
  let began = performance.now();
  for (const { xml, inactiveXml } of domains) {
    readDomain(xml);
    if (inactiveXml !== undefined) readDomain(inactiveXml);
    if (performance.now() - began < turnMs) continue;
    await setImmediate();
    began = performance.now();
  }
}

/** @param same those that are what they were, by their UUIDs */
async function read(connection: Connection, same: ReadonlyMap<string, DomainXML>): Promise<DomainXML[]> {
  const all = async (): Promise<DomainXML[]> => {
    const domains = await connection.getAllDomainsXML(0, 0, true);
    await makeOut(domains);
    return domains;
  };
  if (same.size === 0) return all();
  const present = await readStates(connection);
  const changed = present.filter(({ uuid }) => !same.has(uuid));
  if (changed.length > few) return all();
  const again = await Promise.all(changed.map(({ uuid }) => readOne(connection, uuid)));
  const fresh = new Map(again.flat().map((domain) => [domain.uuid, domain]));
  return present.flatMap(({ uuid, state, reason }) => {
    const domain = same.get(uuid);
    return domain ? { ...domain, state, reason } : (fresh.get(uuid) ?? []);
  });
}

/**
 * All domains with their documents, of one that runs its definition, too. libvirt tells each time which there are and what they
 * do; the rest, only of those whose files it may have changed since they were last read.
 * @throws LibvirtError
 */
export async function readDomains(connection: Connection): Promise<DomainXML[]> {
  // first of all: what changes after this changes them
  const marks = domainMarks(connection);
  const unchanged = unchangedBetween(known.get(connection), marks);
  const same = new Map(unchanged.map((domain) => [domain.uuid, domain]));
  const domains = await read(connection, same);
  known.set(connection, { marks, items: domains });
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
