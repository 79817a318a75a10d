import { type Domain, VIR_DOMAIN_XML_INACTIVE } from 'node-libvirt';
import { isConnectionLoss, Problem } from '../errors.js';
import { endOf } from '../expiry.js';
import { hasExpired } from '../filtering/trust.js';
import { readDomains } from '../libvirt/domain-xmls.js';
import { closePort } from '../kernel/port.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { sameMac } from './find.js';
import { updateNic } from './update.js';

interface TrustedNic {
  vm: string;
  mac: string;
  /** Until when, ms since the epoch. */
  until: number;
}

/** Is told of a NIC that has its filters again. */
export type TrustEnded = (vm: string, mac: string, after: { filters: string[] }) => Promise<void>;

/** The NICs that are trusted until some time. @throws LibvirtError */
async function trustedNics({ connection }: VmContext): Promise<TrustedNic[]> {
  const domains = await readDomains(connection);
  return domains.flatMap(({ uuid, xml, inactiveXml }) =>
    readDomain(inactiveXml ?? xml).record.nics.flatMap(({ mac, trust }) =>
      trust?.expiresAt === undefined ? [] : [{ vm: uuid, mac, until: endOf(trust.expiresAt) }],
    ),
  );
}

/**
 * Gives a NIC the filters that it was trusted to do without; it is closed before, and stays so if it cannot have them. The
 * caller holds the VM's lock.
 */
async function endTrust(context: VmContext, domain: Domain, mac: string, told: TrustEnded): Promise<void> {
  const { record } = readDomain(await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE));
  // somebody may have trusted it for longer meanwhile
  if (!record.nics.some((nic) => sameMac(nic.mac, mac) && hasExpired(nic.trust, Date.now()))) return;
  if (await domain.isActive()) {
    const live = readDomain(await domain.getXMLDesc()).interfaces.find((nic) => sameMac(nic.mac, mac));
    if (live?.target !== undefined) await closePort(live.target);
  }
  const { filters } = await updateNic(context, domain, mac, {});
  const about = { vm: domain.uuid, name: domain.name, nic: mac };
  context.log.warn({ vm: domain.name, mac, filters }, 'a NIC is trusted no longer: it has its filters again');
  context.events.publish('nic.trust-expired', { ...about, filters });
  await told(about.vm, mac, { filters });
}

/**
 * Ends the trust in all NICs whose time is over.
 * @param changeVm does work on a VM with its lock held
 * @param told is told of each
 * @returns when the next one is, ms since the epoch; Infinity where none will be
 * @throws LibvirtError when libvirt cannot be asked
 */
export async function expireTrust(
  context: VmContext,
  changeVm: (vm: string, change: (domain: Domain) => Promise<void>) => Promise<void>,
  told: TrustEnded,
): Promise<number> {
  const trusted = await trustedNics(context);
  const now = Date.now();
  for (const { vm, mac } of trusted.filter(({ until }) => until <= now)) {
    try {
      await changeVm(vm, (domain) => endTrust(context, domain, mac, told));
    } catch (error) {
      if (isConnectionLoss(error)) throw error;
      if (error instanceof Problem && error.type === 'vm-not-found') continue;
      const { message } = error as Error;
      context.log.error(
        { err: error, vm, mac },
        'a NIC that is trusted no longer cannot have its filters: it is closed',
      );
      context.events.publish('enforcement.repair-failed', { vm, nic: mac, detail: message });
    }
  }
  return Math.min(...trusted.map(({ until }) => until).filter((until) => until > now));
}
