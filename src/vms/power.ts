import {
  type Connection,
  type Domain,
  VIR_DOMAIN_EVENT_CRASHED,
  VIR_DOMAIN_EVENT_STOPPED,
  VIR_DOMAIN_PAUSED,
  VIR_DOMAIN_RUNNING,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import { stateName } from './view.js';

/** @throws Problem vm-state-conflict unless the VM is in one of these states */
async function demandState(domain: Domain, states: number[], hint: string): Promise<void> {
  const { state } = await domain.getState();
  if (states.includes(state)) return;
  throw new Problem('vm-state-conflict', `The VM ${domain.name} is ${stateName(state)}: ${hint}.`);
}

/** Stops the processors. The caller holds the VM's lock. @throws Problem vm-state-conflict */
export async function suspendVm(domain: Domain): Promise<void> {
  await demandState(domain, [VIR_DOMAIN_RUNNING], 'only one that runs can be suspended');
  await domain.suspend();
}

/** @throws Problem vm-state-conflict unless the VM is paused, and so can be let run on */
export async function demandPaused(domain: Domain): Promise<void> {
  await demandState(domain, [VIR_DOMAIN_PAUSED], 'only one that is paused can be resumed');
}

/** Presses the reset button. The caller holds the VM's lock. @throws Problem vm-state-conflict */
export async function resetVm(domain: Domain): Promise<void> {
  await demandState(domain, [VIR_DOMAIN_RUNNING, VIR_DOMAIN_PAUSED], 'only one that is active can be reset');
  await domain.reset();
}

/** Asks the guest to reboot; whether it does is the guest's. The caller holds the VM's lock. @throws Problem vm-state-conflict */
export async function rebootVm(domain: Domain): Promise<void> {
  await demandState(domain, [VIR_DOMAIN_RUNNING], 'a guest that does not run cannot be asked to reboot');
  await domain.reboot();
}

type Outcome = 'off' | 'lost' | 'late' | 'cancelled';

/**
 * Asks the guest to shut down, by its agent where it has one and by ACPI. The caller holds the VM's lock for the asking,
 * and not for the waiting: who waits for a guest that does not react may want to stop it.
 * @returns what resolves once the VM is off, and rejects with guest-unresponsive
 * @throws Problem vm-state-conflict
 */
export async function askForShutdown(
  connection: Connection,
  domain: Domain,
  timeoutMs: number,
): Promise<(signal: AbortSignal) => Promise<void>> {
  await demandState(domain, [VIR_DOMAIN_RUNNING], 'a guest that does not run cannot be asked to shut down');
  const { name } = domain;
  let end: (outcome: Outcome) => void = () => undefined;
  const ended = new Promise<Outcome>((resolve) => (end = resolve));
  // before the asking, so that nothing is missed
  const subscription = await connection.domainEventRegister(
    'lifecycle',
    ({ event }) => {
      if (event === VIR_DOMAIN_EVENT_STOPPED || event === VIR_DOMAIN_EVENT_CRASHED) end('off');
    },
    domain,
  );
  const unlisten = connection.onClose(() => end('lost'));
  const release = async (): Promise<void> => {
    unlisten();
    await subscription.close().catch(() => undefined); // the connection is gone, and the subscription with it
  };
  try {
    await domain.shutdown();
  } catch (error) {
    await release();
    throw error;
  }
  return async (signal) => {
    const timer = setTimeout(() => end('late'), timeoutMs);
    const cancel = (): void => end('cancelled');
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const outcome = await ended;
      if (outcome !== 'off') throw notOff(name, outcome, timeoutMs, signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      await release();
    }
  };
}

function notOff(name: string, outcome: Outcome, timeoutMs: number, signal: AbortSignal): unknown {
  if (outcome === 'cancelled') return signal.reason;
  if (outcome === 'lost') {
    return new Problem(
      'libvirt-unavailable',
      `The connection to libvirt was lost while the guest of ${name} was to shut down; it may still do so.`,
    );
  }
  return new Problem(
    'guest-unresponsive',
    `The guest of ${name} was asked to shut down and has not within ${timeoutMs / 1000} s: the VM still runs.`,
  );
}
