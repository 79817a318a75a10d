import { existsSync } from 'node:fs';
import type { Domain } from 'node-libvirt';
import { closedPorts, openPort } from '../kernel/port.js';
import type { NicEntry } from '../state/journal-entry.js';
import type { VmContext } from '../vms/context.js';
import { findVm } from '../vms/find.js';
import { aliasOf, editDomain, interfaceOf, replaceInterface } from '../xml/interface.js';
import { readRecord, setRecord } from '../xml/metadata.js';
import { type Element, find, parseXml } from '../xml/tree.js';
import { detachLive } from './detach.js';
import { sameMac } from './find.js';
import { liveInterface, remakeFilter, setLiveLink, tapOf } from './live.js';
import { readDefinition } from './read-definition.js';

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

/** A NIC that was just plugged is taken out again. One that the guest does not let go has its link down: it passes nothing. */
async function takeOut({ connection, log }: VmContext, domain: Domain, mac: string): Promise<void> {
  await setLiveLink(domain, mac, 'down');
  const alias = aliasOf(await liveInterface(domain, mac)) ?? '';
  await detachLive(connection, domain, { alias, mac, waitMs }).catch((error: unknown) => {
    log.warn({ err: error, vm: domain.name, mac }, 'a half-plugged NIC stays plugged, with its link down');
  });
}

const said = (node: Element): string =>
  JSON.stringify([find(node, 'filterref'), find(node, 'link')?.attributes.state ?? 'up']);

/** Gives a running NIC back the filter and the link that it had, and opens its port unless it was closed then. */
async function putLiveBack(
  context: VmContext,
  domain: Domain,
  { mac, closed }: NicEntry,
  was: Element,
  now: Element,
): Promise<void> {
  const tap = tapOf(now);
  if (said(was) === said(now) && (closed || !(await closedPorts()).includes(tap))) return;
  await remakeFilter(context, domain, mac, was);
  if (!closed) await openPort(tap);
}

/** The tap of a NIC that runs no more may have been left closed. Another NIC that has its name by now is another's matter. */
async function openGone(was: Element | undefined): Promise<void> {
  const tap = was && find(was, 'target')?.attributes.dev;
  if (tap !== undefined && !existsSync(`/sys/class/net/${tap}`)) await openPort(tap);
}

/**
 * Undoes a NIC's change, of which anything may have been done: the definition is put back, a NIC that was just plugged is
 * taken out, one that runs has its filter and its link again. The caller holds the VM's lock.
 * @throws Problem, LibvirtError; a NIC whose filter could not be put back passes nothing
 */
export async function undoNic(context: VmContext, entry: NicEntry): Promise<void> {
  const { connection, log } = context;
  const { vm, mac, before } = entry;
  const was = entry.live === undefined ? undefined : parseXml(entry.live);
  await using domain = await findVm(connection, vm);
  if (domain && before !== undefined && (await domain.isPersistent())) {
    const old = parseXml(before);
    const xml = editDomain(await readDefinition(domain), (definition) => putBack(definition, old, mac));
    await (await connection.domainDefineXMLFlags(xml)).close();
  }
  const active = domain && (await domain.isActive());
  const now = active ? interfaceOf(parseXml(await domain.getXMLDesc()), mac) : undefined;
  if (!domain || !now) await openGone(was);
  else if (was) await putLiveBack(context, domain, entry, was, now);
  else await takeOut(context, domain, mac);
  log.warn({ vm, mac }, 'the change of a NIC failed or was cut off, and was undone');
}
