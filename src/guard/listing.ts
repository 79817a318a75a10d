import type { GuardTable } from '../kernel/guard-table.js';
import { countersOf, saysDormant, splitHandle, uncounted } from '../kernel/nft-listing.js';
import { chainOf, proofPrefix, tapOf } from './script.js';
import { type FoundSets, inlined } from './sets.js';

/** A rule that the kernel has. */
export interface FoundRule {
  /** The kernel's number for it, which no later rule of the table gets. */
  handle: string;
  /** As nft lists it, without what it counted; the elements of a set are sorted. */
  text: string;
  /** Its comment; absent where it has none. */
  class?: string;
  /** Absent where it does not count. */
  packets?: number;
  bytes?: number;
}

/** The guard of a tap that the kernel has. */
export interface FoundGuard {
  /** The kernel's number for its chain, which no later chain of the table gets. */
  handle: string;
  /** What the chain hangs on, as nft lists it; undefined for a chain that no frame comes to. */
  hook?: string;
  /** The whole table is switched off. */
  dormant: boolean;
  rules: FoundRule[];
}

/** Reads rules with these sets. Most are the same in each guard: what they say is made out once. */
function ruleReader(sets: FoundSets): (listed: string) => Omit<FoundRule, 'handle'> {
  const known = new Map<string, Pick<FoundRule, 'text' | 'class'>>();
  return (listed) => {
    const plain = uncounted(listed);
    let said = known.get(plain);
    if (!said) {
      const comment = / comment "([^"]*)"$/.exec(plain)?.[1];
      said = { text: inlined(plain, sets), ...(comment !== undefined && { class: comment }) };
      known.set(plain, said);
    }
    return { ...said, ...countersOf(listed) };
  };
}

const elementsOf = (listed: string): string[] => listed.split(',').map((element) => element.trim());

/**
 * Reads what `nft -a list table` says of the table of guards: the guard of each tap. Chains of others are left out.
 */
export function parseGuards(table: string): Map<string, FoundGuard> {
  const sets = new Map(
    [...table.matchAll(/^\s*set (\S+) \{[^}]*elements = \{([^}]*)\}/gm)].map(
      ([, name = '', elements = '']): [string, string[]] => [name, elementsOf(elements)],
    ),
  );
  const toRule = ruleReader(sets);
  const lines = table.split('\n').map(splitHandle);
  const dormant = lines.some(({ said }) => saysDormant(said));
  const guards = new Map<string, FoundGuard>();
  let guard: FoundGuard | undefined;
  for (const { said, handle = '' } of lines) {
    const chain = /^chain (\S+) \{/.exec(said)?.[1];
    if (chain !== undefined) {
      guard = { handle, dormant, rules: [] };
      const tap = tapOf(chain);
      if (tap !== undefined) guards.set(tap, guard);
    } else if (said === '}') guard = undefined;
    else if (guard && said.startsWith('type ')) guard.hook = said;
    else if (guard && said !== '') guard.rules.push({ handle, ...toRule(said) });
  }
  return guards;
}

/** What was read of a listing, which is the same for as long as the kernel has the same guards. */
const known = new WeakMap<GuardTable['listed'], Map<string, FoundGuard>>();

function read(listed: GuardTable['listed']): Map<string, FoundGuard> {
  const guards = known.get(listed) ?? parseGuards(listed.text);
  known.set(listed, guards);
  return guards;
}

/** The guard of each tap. */
export function foundGuards({ listed, counts }: GuardTable): Map<string, FoundGuard> {
  const guards = read(listed);
  if (!counts) return guards;
  const counted = (rule: FoundRule): FoundRule => ({ ...rule, ...counts.get(rule.handle) });
  return new Map([...guards].map(([tap, guard]) => [tap, { ...guard, rules: guard.rules.map(counted) }]));
}

const added = new RegExp(`^add (rule|element) netdev ${proofPrefix}\\w+ (\\S+) (?:handle \\d+ )?(.*?)\\s*$`);

/** Reads what nft echoes of the proof: of each of these taps, the texts of its rules, as they are listed. */
export function parseProof(text: string, taps: readonly string[]): string[][] {
  const sets = new Map<string, string[]>();
  const rules = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, what, name = '', said = ''] = added.exec(line) ?? [];
    if (what === undefined) continue;
    const [into, more] = what === 'rule' ? [rules, [said]] : [sets, elementsOf(said.replace(/^\{|\}$/g, ''))];
    into.set(name, [...(into.get(name) ?? []), ...more]);
  }
  const toRule = ruleReader(sets);
  return taps.map((tap) => (rules.get(chainOf(tap)) ?? []).map((rule) => toRule(rule).text));
}
