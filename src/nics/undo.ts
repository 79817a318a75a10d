import type { Domain } from 'node-libvirt';
import { closePort } from '../filtering/port.js';
import type { JournalEntry } from '../state/journal.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { type DomainInterface, readDomain } from '../xml/domain.js';
import { aliasOf, editDomain, interfaceOf, replaceInterface } from '../xml/interface.js';
import { readRecord, setRecord } from '../xml/metadata.js';
import { type Element, parseXml } from '../xml/tree.js';
import { readDefinition } from './definition.js';
import { detachLive } from './detach.js';
import { sameMac } from './find.js';
import { liveInterface } from './live.js';

type Entry = Extract<JournalEntry, { kind: 'nic' }>;

/** How long a guest may take to let a half-plugged NIC go while everyone waits for the service, ms. */
const waitMs = 5000;

/** Puts the NIC, and what was asked for it, back into a definition: the rest may have changed since. */
function putBack(definition: Element, before: Element, mac: string): void {
  replaceInterface(definition, mac, interfaceOf(before, mac));
  const about = (nic: { mac: string }): boolean => sameMac(mac, nic.mac);
  const record = readRecord(definition);
  const nics = [...record.nics.filter((nic) => !about(nic)), ...readRecord(before).nics.filter(about)];
  if (JSON.stringify(nics) !== JSON.stringify(record.nics)) setRecord(definition, { ...record, nics });
}

const sameFilter = (a: DomainInterface, b: DomainInterface): boolean =>
  a.filter === b.filter && JSON.stringify(a.filterParameters) === JSON.stringify(b.filterParameters);

/** A NIC that was just plugged is taken out again. Its link is still down: one that stays passes nothing. */
async function takeOut({ connection, log }: VmContext, domain: Domain, mac: string): Promise<void> {
  const alias = aliasOf(await liveInterface(domain, mac)) ?? '';
  await detachLive(connection, domain, { alias, mac, waitMs }).catch((error: unknown) => {
    log.warn({ err: error, vm: domain.name, mac }, 'a half-plugged NIC stays plugged, with its link down');
  });
}

/**
 * A NIC whose change was cut off: the definition is put back, a NIC that was just plugged is taken out, and one whose
 * filter was already changed is closed until it has that of the definition again (reopenPorts does that).
 * @throws Problem, LibvirtError
 */
export async function undoNic(context: VmContext, { vm, mac, before }: Entry): Promise<void> {
  const { connection, log } = context;
  await using domain = await findVm(connection, vm);
  if (!domain) return;
  if (await domain.isPersistent()) {
    const old = parseXml(before);
    const xml = editDomain(await readDefinition(domain), (definition) => putBack(definition, old, mac));
    await (await connection.domainDefineXMLFlags(xml)).close();
  }
  const find = (xml: string): DomainInterface | undefined =>
    readDomain(xml).interfaces.find((nic) => sameMac(nic.mac, mac));
  const was = find(before);
  const now = (await domain.isActive()) ? find(await domain.getXMLDesc()) : undefined;
  if (was && now?.target !== undefined && !sameFilter(was, now)) await closePort(now.target);
  if (!was && now) await takeOut(context, domain, mac);
  log.warn({ vm, mac }, 'the change of a NIC was cut off, and was undone');
}
