import { type OwnedChain, ownedChains } from './owned-chains.js';
import type { Port } from './ports.js';
import { type KernelSnapshot, readKernelAndPorts } from './snapshot.js';

/** All that the kernel says of the NICs of a host, at one moment. */
export interface KernelState {
  kernel: KernelSnapshot;
  ports: ReadonlyMap<string, Port>;
  /** libvirt's chains by the port that they are for. */
  owned: ReadonlyMap<string, readonly OwnedChain[]>;
  /** When it was read, ms of `performance.now()`: each part somewhere in between. */
  read: { began: number; ended: number };
}

/** @throws Problem kernel-unreadable */
export async function readKernelState(): Promise<KernelState> {
  const began = performance.now();
  const { kernel, ports } = await readKernelAndPorts();
  const read = { began, ended: performance.now() };
  return { kernel, ports, owned: ownedChains(kernel, ports.keys()), read };
}
