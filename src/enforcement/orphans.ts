import { VIR_ERR_NO_NWFILTER_BINDING } from 'node-libvirt';
import { isNotFound } from '../errors.js';
import { dropForgotten } from './forgotten.js';
import { removeGuard } from '../guard/guard.js';
import { removeChains } from '../kernel/mend.js';
import { surelyLibvirts } from '../kernel/owned-chains.js';
import { openPort } from '../kernel/port.js';
import { runTool } from '../kernel/tool.js';
import type { VmContext } from '../vms/context.js';
import type { HostFinding } from './host.js';

async function removeBinding({ connection }: VmContext, port: string): Promise<void> {
  try {
    await using binding = await connection.lookupNWFilterBindingByPortDev(port);
    await binding.delete();
  } catch (error) {
    if (!isNotFound(error, VIR_ERR_NO_NWFILTER_BINDING)) throw error;
  }
}

/**
 * Puts right what is wrong with the host beside its NICs, where it can be.
 * @returns whether it could
 * @throws Problem, LibvirtError
 */
export async function mendHost(context: VmContext, { about }: HostFinding): Promise<boolean> {
  if (about.kind === 'other') return false;
  if (about.kind === 'filter') {
    await context.locks.filters.runExclusive(() => context.filters.restore(context.connection));
  } else if (about.kind === 'binding') {
    await removeBinding(context, about.port);
    await removeChains(about.port, surelyLibvirts);
  } else if (about.kind === 'chains') await removeChains(about.port, surelyLibvirts);
  else if (about.kind === 'tap') await runTool('ip', ['link', 'delete', 'dev', about.port]);
  else if (about.kind === 'held') return dropForgotten(context, about.vm);
  else if (about.kind === 'guard') await removeGuard(about.port);
  else await openPort(about.port);
  return true;
}
