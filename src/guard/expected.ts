import { Recent } from '../recent.js';
import { type ExpectedGuard, guardDiffers } from './differs.js';
import { expectGuards } from './guard.js';
import type { FoundGuard } from './listing.js';
import type { Guard } from './rules.js';

/** More than a host has NICs. */
const limits = { count: 4096 };
/** How guards are listed, by what they are: nft takes a tenth of a second to say it. */
const known = new Recent<string, ExpectedGuard>(limits);

/** @throws Problem kernel-unreadable */
async function learn(guards: readonly Guard[]): Promise<void> {
  const expected = await expectGuards(guards);
  guards.forEach((guard, i) => {
    const one = expected[i];
    if (one) known.set(JSON.stringify(guard), one);
  });
}

/**
 * What the kernel has otherwise than these guards, by tap; those that are as they should be are left out.
 * @throws Problem kernel-unreadable
 */
export async function wrongGuards(
  guards: readonly Guard[],
  found: ReadonlyMap<string, FoundGuard>,
): Promise<Map<string, string>> {
  const differs = (guard: Guard): string | undefined => {
    if (!found.has(guard.tap)) return `${guard.tap} has no guard`;
    const expected = known.get(JSON.stringify(guard));
    return expected ? guardDiffers(expected, found.get(guard.tap)) : 'it is not known yet';
  };
  const wrong = guards.filter((guard) => differs(guard) !== undefined);
  // also what is known but does not fit: another nft may be installed since
  const doubtful = wrong.filter(({ tap }) => found.has(tap));
  if (doubtful.length > 0) await learn(doubtful);
  return new Map(
    wrong.flatMap((guard): [string, string][] => {
      const still = differs(guard);
      return still === undefined ? [] : [[guard.tap, still]];
    }),
  );
}
