import {
  VIR_DOMAIN_MEM_CONFIG,
  VIR_DOMAIN_MEM_LIVE,
  VIR_DOMAIN_MEM_MAXIMUM,
  VIR_DOMAIN_VCPU_CONFIG,
  VIR_DOMAIN_VCPU_LIVE,
  VIR_DOMAIN_VCPU_MAXIMUM,
} from 'node-libvirt';
import { Problem } from '../errors.js';
import type { Before, Step } from './update.js';

/** How libvirt sets an amount, and its flags. */
interface Amount {
  what: string;
  set: (value: number, flags: number) => Promise<void>;
  flags: { live: number; config: number; maximum: number };
}

/** An amount and what it can grow to. */
interface Level {
  value: number;
  max: number;
}

/**
 * Sets an amount where it runs and in the definition. While the VM runs it cannot grow past its maximum; when it is off,
 * the maximum grows with it, and where both were the same they stay the same.
 * @throws Problem vm-state-conflict
 */
function resize(
  { active, persistent, config: { name } }: Before,
  { what, set, flags }: Amount,
  live: Level,
  config: Level,
  wanted: number,
): Step {
  if (active && wanted > live.max) {
    throw new Problem(
      'vm-state-conflict',
      `The VM ${name} is active: its ${what} can grow to ${live.max} while it runs, and further while it is shut off.`,
    );
  }
  const wantedMax = active || config.value !== config.max ? Math.max(config.max, wanted) : wanted;
  /** Growing, the maximum goes first; shrinking, libvirt takes the amount with it. */
  const define = async ({ value, max }: Level): Promise<void> => {
    await set(max, flags.config | flags.maximum);
    await set(value, flags.config);
  };
  return {
    what,
    apply: async () => {
      if (persistent) await define({ value: wanted, max: wantedMax });
      if (active) await set(wanted, flags.live);
    },
    undo: async () => {
      if (active) await set(live.value, flags.live);
      if (persistent) await define(config);
    },
  };
}

/** @throws Problem vm-state-conflict */
export function resizeMemory(before: Before, memoryMiB: number): Step {
  const { domain, live, config } = before;
  const amount: Amount = {
    what: 'memory',
    set: (MiB, flags) => domain.setMemory(MiB * 1024, flags),
    flags: { live: VIR_DOMAIN_MEM_LIVE, config: VIR_DOMAIN_MEM_CONFIG, maximum: VIR_DOMAIN_MEM_MAXIMUM },
  };
  const level = (vm: typeof live): Level => ({ value: vm.memoryMiB, max: vm.maxMemoryMiB });
  return resize(before, amount, level(live), level(config), memoryMiB);
}

/** @throws Problem vm-state-conflict */
export function resizeVcpus(before: Before, vcpus: number): Step {
  const { domain, live, config } = before;
  const amount: Amount = {
    what: 'number of processors',
    set: (count, flags) => domain.setVcpus(count, flags),
    flags: { live: VIR_DOMAIN_VCPU_LIVE, config: VIR_DOMAIN_VCPU_CONFIG, maximum: VIR_DOMAIN_VCPU_MAXIMUM },
  };
  const level = (vm: typeof live): Level => ({ value: vm.vcpus, max: vm.maxVcpus });
  return resize(before, amount, level(live), level(config), vcpus);
}
