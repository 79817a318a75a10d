import { chainOf, proofTable, tapOf } from './script.js';

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

const counted = /\bcounter packets (\d+) bytes (\d+)/;

function toRule(listed: string): Omit<FoundRule, 'handle'> {
  const [, packets, bytes] = counted.exec(listed) ?? [];
  const comment = / comment "([^"]*)"$/.exec(listed)?.[1];
  const text = listed
    .replace(counted, 'counter')
    .replace(/\{ ([^{}]*) \}/g, (_, elements: string) => `{ ${elements.split(', ').sort().join(', ')} }`);
  return {
    text,
    ...(comment !== undefined && { class: comment }),
    ...(packets !== undefined && { packets: Number(packets), bytes: Number(bytes) }),
  };
}

/** Reads what `nft -a list table` says of the table of guards: the guard of each tap. Chains of others are left out. */
export function parseGuards(text: string): Map<string, FoundGuard> {
  const lines = text.split('\n').map((line) => {
    const [, said = '', handle = ''] = /^\s*(.*?)(?: # handle (\d+))?$/.exec(line) ?? [];
    return { said, handle };
  });
  const dormant = lines.some(({ said }) => /^flags\b.*\bdormant\b/.test(said));
  const guards = new Map<string, FoundGuard>();
  let guard: FoundGuard | undefined;
  for (const { said, handle } of lines) {
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

/** Reads what nft echoes of the proof: the texts of a tap's rules, as they are listed. */
export function parseProof(text: string, tap: string): string[] {
  const added = `add rule netdev ${proofTable} ${chainOf(tap)} `;
  return text
    .split('\n')
    .filter((line) => line.startsWith(added))
    .map(
      (line) =>
        toRule(
          line
            .slice(added.length)
            .replace(/^handle \d+ /, '')
            .trim(),
        ).text,
    );
}
