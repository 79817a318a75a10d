import type { Domain } from 'node-libvirt';
import { Problem } from '../errors.js';
import { guardNics } from '../guard/nic.js';
import { switchOn } from '../kernel/mend.js';
import { openPort } from '../kernel/port.js';
import { nicOf } from '../nics/find.js';
import { makeAnew } from '../nics/live.js';
import { wantedInterface } from '../nics/wanted-interface.js';
import { readRules } from '../nics/rules.js';
import { readBindings } from '../nwfilters/users.js';
import type { Enforcement } from '../schemas/enforcement.js';
import type { VmContext } from '../vms/context.js';
import { readDomain } from '../xml/domain.js';
import { type Finding, isMendable, isMendableOnDemand } from './finding.js';
import { backendsOf } from './backend.js';
import { wantedChains } from './wanted-chains.js';
import { putFirst } from './put-first.js';
import { readEnforcement } from './read.js';

const sentences = (findings: readonly Pick<Finding, 'detail'>[]): string =>
  findings.map(({ detail }) => detail).join(' ');

/** What a repair is for: what the policy alone wants is given on demand only. */
const worthRepair = ({ status, findings }: Enforcement, onDemand: boolean): boolean =>
  status !== 'unknown' && findings.some(onDemand ? isMendableOnDemand : isMendable);

/**
 * Puts a running NIC's filter right: the tap is closed, libvirt makes its rules anew, they are seen in the kernel, the tap
 * is opened. If they are not seen it stays closed. What no repair can mend is left as it is. The caller holds the VM's lock.
 * @param onDemand whether a person wants it: then the NIC also gets what only the policy wants
 * @returns the verdict afterwards
 * @throws Problem filter-not-enforced, kernel-unreadable, nic-not-found; LibvirtError
 */
export async function repairNic(
  context: VmContext,
  domain: Domain,
  mac: string,
  onDemand = false,
): Promise<Enforcement> {
  const before = await readEnforcement(context, domain, mac);
  if (before.status === 'unknown') throw new Problem('kernel-unreadable', sentences(before.findings));
  if (!worthRepair(before, onDemand)) return before;
  const codes = new Set(before.findings.map(({ code }) => code));
  const guardAlone = [...codes].every((code) => code === 'guard-missing' || code === 'guard-differs');
  // libvirt's rules are in force then, and stay as they are
  if (guardAlone) await putBack(context, domain, mac);
  else {
    if (codes.has('jump-missing')) await switchOn();
    await makeRules(context, domain, mac, codes.has('filter-changed'));
  }
  context.log.warn(
    { vm: domain.name, mac, found: [...codes] },
    'a NIC whose filter was not wholly in force was put right',
  );
  return readEnforcement(context, domain, mac);
}

/** @throws Problem filter-not-enforced, kernel-unreadable; LibvirtError: the NIC is closed then */
async function makeRules(
  context: VmContext,
  domain: Domain,
  mac: string,
  filterChanged: boolean,
): Promise<void> {
  const { connection, filters, locks } = context;
  if (filterChanged) await locks.filters.runExclusive(() => filters.restore(connection));
  const tap = await locks.host.runExclusive(async () => {
    // with the host's lock held nobody takes a filter of a list for unused
    const wanted = await wantedInterface(context, domain, mac);
    return makeAnew(context, domain, mac, wanted);
  });
  await lead(context, domain, mac, tap);
  await putBack(context, domain, mac);
  const after = await readEnforcement(context, domain, mac);
  const left = after.findings.filter((one) => isMendable(one) && one.code !== 'port-closed');
  if (left.length > 0)
    throw new Problem(
      'filter-not-enforced',
      `The NIC ${mac} could not be put right and is closed: ${sentences(left)}`,
    );
  await openPort(tap);
}

/** Gives the NIC its guard. */
async function putBack(context: VmContext, domain: Domain, mac: string): Promise<void> {
  const nic = nicOf(readDomain(await domain.getXMLDesc()), mac);
  const { policy, catalog } = await readRules(context);
  await guardNics(policy, catalog, [nic]);
}

/** Where rules of others stand before those that lead to the NIC's filter, they change places; what libvirt believes in is put back. */
async function lead(context: VmContext, domain: Domain, mac: string, tap: string): Promise<void> {
  const { findings } = await readEnforcement(context, domain, mac);
  if (!findings.some(({ code }) => code === 'rule-ahead' || code === 'jump-missing')) return;
  const nic = nicOf(readDomain(await domain.getXMLDesc()), mac);
  const { catalog } = await readRules(context);
  const filter = nic.filter ?? '';
  const backend = backendsOf(await readBindings(context.connection))(tap);
  const wanted = wantedChains(nic, filter, catalog.models(filter), backend);
  if ('chains' in wanted) await putFirst(tap, wanted.chains);
}
