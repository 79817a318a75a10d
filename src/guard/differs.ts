import type { FoundGuard } from './listing.js';
import { guardPriority } from './script.js';

/** What a tap's guard has to look like when it is listed. */
export interface ExpectedGuard {
  tap: string;
  /** The rules, as nft lists them. */
  rules: readonly string[];
}

/**
 * What the kernel has otherwise than it should; undefined where it has exactly that guard.
 * @param found the tap's guard of `readGuards`
 */
export function guardDiffers(
  { tap, rules }: ExpectedGuard,
  found: FoundGuard | undefined,
): string | undefined {
  if (!found) return `${tap} has no guard`;
  if (found.dormant) return `the guard of ${tap} is switched off with its whole table`;
  const hook = `type filter hook ingress device "${tap}" priority ${guardPriority}; policy accept;`;
  if (found.hook !== hook)
    return `the guard of ${tap} hangs on “${found.hook ?? 'nothing'}”, not on “${hook}”`;
  const at = rules.findIndex((rule, i) => rule !== found.rules[i]?.text);
  const place = (i: number): string => `rule ${i + 1} of the guard of ${tap}`;
  if (at >= 0) return `${place(at)} is ${say(found.rules[at]?.text)}, and should be ${say(rules[at])}`;
  const more = found.rules[rules.length];
  return more && `${place(rules.length)} is ${say(more.text)}, and should not be there`;
}

const say = (rule: string | undefined): string => (rule === undefined ? 'not there' : `“${rule}”`);
