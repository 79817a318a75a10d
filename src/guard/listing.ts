import { chainOf, proofTable, tapOf } from './script.js';

/** A rule that the kernel has. */
export interface FoundRule {
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
  /** What the chain hangs on, as nft lists it; undefined for a chain that no frame comes to. */
  hook?: string;
  /** The whole table is switched off. */
  dormant: boolean;
  rules: FoundRule[];
}

const counted = /\bcounter packets (\d+) bytes (\d+)/;

function toRule(listed: string): FoundRule {
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

/** Reads what `nft list table` says of the table of guards: the guard of each tap. Chains of others are left out. */
export function parseGuards(text: string): Map<string, FoundGuard> {
  const lines = text.split('\n').map((line) => line.trim());
  const dormant = lines.some((line) => /^flags\b.*\bdormant\b/.test(line));
  const guards = new Map<string, FoundGuard>();
  let guard: FoundGuard | undefined;
  for (const line of lines) {
    const chain = /^chain (\S+) \{/.exec(line)?.[1];
    if (chain !== undefined) {
      guard = { dormant, rules: [] };
      const tap = tapOf(chain);
      if (tap !== undefined) guards.set(tap, guard);
    } else if (line === '}') guard = undefined;
    else if (guard && line.startsWith('type ')) guard.hook = line;
    else if (guard && line !== '') guard.rules.push(toRule(line));
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
