import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import type { Nic } from '../schemas/nic.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { nicOf } from './find.js';
import { readRules } from './rules.js';
import { nicsOf, nicView, type VmViews } from './view.js';

/** Reads a VM as it is and as its definition has it. */
async function readViews(domain: Domain): Promise<VmViews> {
  const now = readDomain(await domain.getXMLDesc());
  const differs = (await domain.isActive()) && (await domain.isPersistent());
  return { now, next: differs ? readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE)) : now };
}

/** All NICs of a VM. @throws LibvirtError */
export async function listNics(context: VmContext, domain: Domain): Promise<Nic[]> {
  const [views, rules] = await Promise.all([readViews(domain), readRules(context)]);
  return nicsOf(views).map((nic) => nicView(views, nic, rules));
}

/** One NIC of a VM. @throws Problem nic-not-found */
export async function readNic(context: VmContext, domain: Domain, mac: string): Promise<Nic> {
  const [views, rules] = await Promise.all([readViews(domain), readRules(context)]);
  return nicView(views, nicOf({ ...views.now, interfaces: nicsOf(views) }, mac), rules);
}
