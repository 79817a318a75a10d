import {
  type Domain,
  LibvirtError,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_PAUSED_STARTING_UP,
  VIR_ERR_OPERATION_TIMEOUT,
} from 'node-libvirt';
import { Problem } from '../errors.js';

/**
 * What to do about a VM that libvirt does not let go of. A daemon that is killed between reserving a VM and running its QEMU
 * finds it, when it is started again, in a start that nobody goes on with, and holds it so for good: only its own file of
 * the VM tells it that, and nobody but the operator may take that away.
 * @returns undefined where that is not why libvirt took too long
 */
async function adviceFor(domain: Domain, error: unknown): Promise<string | undefined> {
  if (!(error instanceof LibvirtError) || error.code !== VIR_ERR_OPERATION_TIMEOUT) return undefined;
  const found = await domain.getState().catch(() => undefined);
  if (found?.state !== VIR_DOMAIN_PAUSED || found.reason !== VIR_DOMAIN_PAUSED_STARTING_UP) return undefined;
  return (
    `libvirt holds the VM ${domain.name} in a start that has not come to run QEMU. If nobody starts it now, libvirtd was killed ` +
    `in the middle of that, and does not let go by itself: stop libvirtd, end the QEMU of the VM if there is one (pgrep -f ` +
    `guest=${domain.name}), remove /run/libvirt/qemu/${domain.name}.xml, and start libvirtd. Other VMs go on running.`
  );
}

/**
 * Waits for work on a VM, and says what is to be done where libvirt does not let go of it.
 * @throws Problem libvirt-timeout with that, or what the work throws
 */
export async function explained<T>(domain: Domain, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const advice = await adviceFor(domain, error);
    throw advice === undefined ? error : new Problem('libvirt-timeout', advice, { cause: error });
  }
}
