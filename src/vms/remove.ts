import {
  type Domain,
  VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
  VIR_DOMAIN_UNDEFINE_NVRAM,
  VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
} from 'node-libvirt';
import { Problem } from '../errors.js';

/** Undefines a VM with all that libvirt keeps of it; its disks stay. @throws LibvirtError */
export async function undefineVm(domain: Domain): Promise<void> {
  await domain.undefine(
    VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
  );
}

/** Pulls the plug. The caller holds the VM's lock. @throws Problem vm-state-conflict when it is off */
export async function stopVm(domain: Domain): Promise<void> {
  if (!(await domain.isActive()))
    throw new Problem('vm-state-conflict', `The VM ${domain.name} is not active.`);
  await domain.destroy();
}

/**
 * Removes a VM; a running one only by force. The caller holds the VM's lock.
 * @throws Problem vm-state-conflict, LibvirtError
 */
export async function removeVm(domain: Domain, force: boolean): Promise<void> {
  const persistent = await domain.isPersistent();
  if (await domain.isActive()) {
    if (!force) {
      throw new Problem(
        'vm-state-conflict',
        `The VM ${domain.name} is active: stop it first, or delete it with force=true.`,
      );
    }
    await domain.destroy();
  }
  if (persistent) await undefineVm(domain);
}
