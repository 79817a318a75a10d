import { type Domain, VIR_DOMAIN_START_PAUSED } from 'node-libvirt';
import { Problem } from '../errors.js';
import { applyPolicy } from '../nics/apply-policy.js';
import { demandEnforced } from '../nics/enforce.js';
import { readRules } from '../nics/rules.js';
import type { VmContext } from './context.js';

/**
 * Lets a paused VM run, once the filters of all its NICs were seen in the kernel. The caller holds its lock.
 * @throws Problem filter-not-enforced, kernel-unreadable: it stays paused; LibvirtError
 */
export async function resumeVm(context: VmContext, domain: Domain): Promise<void> {
  await demandEnforced(domain, await readRules(context));
  await domain.resume();
}

/**
 * Runs a VM that is shut off. It is started paused, its filters are seen in the kernel, then it may run; otherwise
 * it is destroyed. Whatever fails, the guest has not run an instruction without its filters. The caller holds its lock.
 * @param paused whether it is to stay paused
 * @throws Problem, LibvirtError
 */
export async function startVm(context: VmContext, domain: Domain, paused = false): Promise<void> {
  const { connection, filters, log } = context;
  if (await domain.isActive()) {
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is active already.`);
  }
  await filters.demand(connection);
  await applyPolicy(context, domain, await readRules(context));
  await domain.create(VIR_DOMAIN_START_PAUSED);
  try {
    if (paused) await demandEnforced(domain, await readRules(context));
    else await resumeVm(context, domain);
  } catch (error) {
    await domain.destroy().catch((second: unknown) => {
      // It stays paused, or is gone with what made the first call fail.
      log.error({ err: second, vm: domain.name }, 'a VM whose start failed could not be destroyed');
    });
    throw error;
  }
}
