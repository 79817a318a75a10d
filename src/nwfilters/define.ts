import { type Connection, VIR_NWFILTER_DEFINE_VALIDATE } from 'node-libvirt';
import { Problem } from '../errors.js';
import type { Filter } from '../nwfilter/model.js';
import { filterToXml } from '../nwfilter/to-xml.js';
import type { Nwfilter } from '../schemas/nwfilter.js';
import { filterFromLibvirt } from '../nwfilter/from-xml.js';
import type { VmContext } from '../vms/context.js';
import { checkReferences, demandOwn } from './check.js';
import { type FilterFacts, readFacts, rereadFilter, viewOf } from './read.js';

/** Brings a filter onto libvirt, which checks it by its schema. @throws LibvirtError */
export async function bringToLibvirt(connection: Connection, filter: Filter): Promise<void> {
  const defined = await connection.nwfilterDefineXMLFlags(filterToXml(filter), VIR_NWFILTER_DEFINE_VALIDATE);
  await defined.close();
}

/** @throws Problem nwfilter-name-taken */
export function demandFree({ xmls }: FilterFacts, { name, uuid }: Filter): void {
  const taken = (field: string, message: string): Problem =>
    new Problem('nwfilter-name-taken', `${message}.`, {
      errors: [{ path: `/${field}`, message: 'is taken' }],
    });
  if (xmls.has(name)) throw taken('name', `There is a filter named ${name} already`);
  if (uuid === undefined) return;
  for (const [other, xml] of xmls) {
    if (filterFromLibvirt(xml).uuid === uuid) throw taken('uuid', `The filter ${other} has the UUID ${uuid}`);
  }
}

/**
 * Defines a filter that is not there yet.
 * @throws Problem nwfilter-managed, nwfilter-name-taken, nwfilter-not-found, nwfilter-loop, invalid-request; LibvirtError
 */
export async function createFilter(
  { connection, locks, events }: VmContext,
  filter: Filter,
): Promise<Nwfilter> {
  return locks.filters.runExclusive(async () => {
    demandOwn(filter.name);
    const facts = await readFacts(connection);
    checkReferences(facts, filter);
    demandFree(facts, filter);
    await bringToLibvirt(connection, filter);
    events.publish('nwfilter.defined', { nwfilter: filter.name });
    return viewOf(await rereadFilter(connection, facts, filter.name), filter.name);
  });
}
