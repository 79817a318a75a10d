import {
  type Domain,
  VIR_DOMAIN_SAVE_IMAGE_XML_SECURE,
  VIR_DOMAIN_START_PAUSED,
  VIR_DOMAIN_XML_INACTIVE,
} from 'node-libvirt';
import { allDone } from '../all-done.js';
import { Problem } from '../errors.js';
import { buildingRules } from '../filtering/filter-gate.js';
import { closedPorts, openPort } from '../kernel/port.js';
import { applyPolicy } from '../nics/apply-policy.js';
import { demandEnforced } from '../nics/enforce.js';
import { readRules } from '../nics/rules.js';
import { readDomain } from '../xml/domain.js';
import type { VmContext } from './context.js';
import { journaled } from './journaled.js';
import { updateSaved } from './saved.js';
import { StartFiles } from './start-files.js';

/** Opens the taps of a VM that were left closed, perhaps for a NIC that had the name of one before. */
async function openPortsOf(domain: Domain): Promise<void> {
  const closed = await closedPorts();
  if (closed.length === 0) return;
  const { interfaces } = readDomain(await domain.getXMLDesc());
  for (const { target } of interfaces)
    if (target !== undefined && closed.includes(target)) await openPort(target);
}

async function letRun(domain: Domain): Promise<void> {
  await openPortsOf(domain);
  await domain.resume();
}

/**
 * Lets a paused VM run, once the filters of all its NICs were seen in the kernel. The caller holds its lock.
 * @throws Problem filter-not-enforced, kernel-unreadable: it stays paused; LibvirtError
 */
export async function resumeVm(context: VmContext, domain: Domain): Promise<void> {
  await demandEnforced(context, domain);
  await letRun(domain);
}

/** Takes a start back: what the guest had in its saved memory is saved again. The guest must not have run. */
export async function undoStart(domain: Domain, saved: boolean): Promise<void> {
  if (saved) await domain.managedSave();
  else await domain.destroy();
}

/**
 * Runs a VM that is shut off. It is started paused, its files are seen to be those that it may have, its filters are seen in
 * the kernel, then it may run; otherwise it is as it was before. Whatever fails, the guest has not run an instruction without
 * its filters, or with a file of the host. The caller holds its lock.
 * @param paused whether it is to stay paused
 * @throws Problem, LibvirtError
 */
export async function startVm(context: VmContext, domain: Domain, paused = false): Promise<void> {
  const { connection, filters } = context;
  if (await domain.isActive()) {
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is active already.`);
  }
  await filters.demand(connection);
  const saved = await domain.hasManagedSaveImage();
  using files = await StartFiles.demand(
    context,
    saved
      ? await domain.managedSaveGetXMLDesc(VIR_DOMAIN_SAVE_IMAGE_XML_SECURE)
      : await domain.getXMLDesc(VIR_DOMAIN_XML_INACTIVE),
  );
  await applyPolicy(context, domain, await readRules(context));
  if (saved) await updateSaved(domain);
  await journaled(
    context,
    { kind: 'start', vm: domain.uuid, saved },
    async () => {
      await buildingRules(() => domain.create(VIR_DOMAIN_START_PAUSED));
      await allDone([files.demandSame(await domain.getXMLDesc()), demandEnforced(context, domain)]);
      if (!paused) await letRun(domain);
    },
    async () => {
      if (await domain.isActive()) await undoStart(domain, saved);
    },
  );
}
