import type { Domain } from 'node-libvirt';
import type { FilterRules } from '../filtering/wanted.js';
import type { Nic } from '../schemas/nic.js';
import type { VmContext } from '../vms/context.js';
import { nicOf } from './find.js';
import { readRulesFor } from './rules.js';
import { nicsOf, nicView, viewsOf, type VmViews } from './view.js';

async function readViews(context: VmContext, { uuid }: Domain): Promise<[VmViews, FilterRules]> {
  const views = viewsOf(await context.connection.getDomainXMLByUUIDString(uuid));
  return [views, await readRulesFor(context, [views])];
}

/** All NICs of a VM. @throws LibvirtError */
export async function listNics(context: VmContext, domain: Domain): Promise<Nic[]> {
  const [views, rules] = await readViews(context, domain);
  return nicsOf(views).map((nic) => nicView(views, nic, rules));
}

/** One NIC of a VM. @throws Problem nic-not-found */
export async function readNic(context: VmContext, domain: Domain, mac: string): Promise<Nic> {
  const [views, rules] = await readViews(context, domain);
  return nicView(views, nicOf({ ...views.now, interfaces: nicsOf(views) }, mac), rules);
}
