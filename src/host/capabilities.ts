import { readFile } from 'node:fs/promises';

/** Their bits. @see https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/include/uapi/linux/capability.h */
const bits = { CAP_DAC_READ_SEARCH: 2n, CAP_NET_ADMIN: 12n } as const;
export type Capability = keyof typeof bits;

/** What this process may do beyond its user. */
export interface Capabilities {
  has(capability: Capability): boolean;
  /** Whether the programs that it starts have it, too. */
  handsOn(capability: Capability): boolean;
}

/** Reads what /proc/PID/status says of a process. */
export function readCapabilities(status: string): Capabilities {
  const field = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  const [effective, ambient, bounding] = [field('CapEff'), field('CapAmb'), field('CapBnd')];
  // real, effective, saved, of the file system: what root starts gets all that is not ruled out
  const isRoot = /^Uid:\s*\d+\s+0\s/m.test(status);
  const isIn = (set: bigint, capability: Capability): boolean => ((set >> bits[capability]) & 1n) === 1n;
  return {
    has: (capability) => isIn(effective, capability),
    handsOn: (capability) => isIn(isRoot ? bounding : ambient, capability),
  };
}

export const ownCapabilities = async (): Promise<Capabilities> =>
  readCapabilities(await readFile('/proc/self/status', 'utf8'));
