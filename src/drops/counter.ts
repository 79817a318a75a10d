import type { KernelState } from '../kernel/state.js';
import type { DropClass, DropSource } from './sources.js';

/** A running NIC whose drops are counted. */
export interface CountedNic {
  vm: string;
  nic: string;
  port: string;
}

/** Dropped frames by class. */
export type Drops = ReadonlyMap<DropClass, number>;

type Read = KernelState['read'];

/** What a rule had counted when it was last read; undefined: it was not there. */
interface Last {
  packets: number | undefined;
  /** When that reading ended. */
  ended: number;
}

interface Count {
  about: CountedNic;
  rules: Map<string, Last>;
  totals: Map<DropClass, number>;
  /** What was not told yet. */
  untold: Map<DropClass, number>;
}

/** A reading takes no longer than this, ms: a rule that is gone for as long need not be remembered. */
const longestMs = 60_000;

const keyOf = ({ vm, nic, port }: CountedNic): string => `${vm} ${nic.toLowerCase()} ${port}`;
const add = (to: Map<DropClass, number>, kind: DropClass, frames: number): void =>
  void to.set(kind, (to.get(kind) ?? 0) + frames);

/**
 * How many more a rule has counted; undefined: this reading is not to be believed. Of two that overlap nobody knows which saw
 * the rule later: so in the second, one that has counted fewer, or was gone, is not taken for one that was made anew.
 */
function counted(last: Last | undefined, packets: number, { began }: Read): number | undefined {
  if (!last) return packets;
  const { packets: before, ended } = last;
  if (before !== undefined && packets >= before) return packets - before;
  return began < ended ? undefined : packets;
}

/**
 * Adds up what the kernel's rules drop. They begin at 0 whenever they are made anew; this goes on for as long as the NIC
 * has its tap and the service runs.
 */
export class DropCounter {
  readonly #counts = new Map<string, Count>();

  /** Takes in what a NIC's rules have counted; gives all that was dropped. */
  observe(about: CountedNic, sources: readonly DropSource[], read: Read): Drops {
    const key = keyOf(about);
    const count = this.#counts.get(key) ?? {
      about,
      rules: new Map<string, Last>(),
      totals: new Map<DropClass, number>(),
      untold: new Map<DropClass, number>(),
    };
    this.#counts.set(key, count);
    for (const { id, class: kind, packets } of sources) {
      const more = counted(count.rules.get(id), packets, read);
      if (more === undefined) continue;
      count.rules.set(id, { packets, ended: Math.max(read.ended, count.rules.get(id)?.ended ?? 0) });
      if (more === 0) continue;
      add(count.totals, kind, more);
      add(count.untold, kind, more);
    }
    const present = new Set(sources.map(({ id }) => id));
    for (const [id, { packets, ended }] of count.rules) {
      if (present.has(id) || read.began < ended) continue;
      if (packets !== undefined) count.rules.set(id, { packets: undefined, ended: read.ended });
      else if (read.began - ended > longestMs) count.rules.delete(id);
    }
    return count.totals;
  }

  /** Forgets NICs that are gone: a tap of the same name is another. */
  keep(present: readonly CountedNic[]): void {
    const keys = new Set(present.map(keyOf));
    for (const key of this.#counts.keys()) if (!keys.has(key)) this.#counts.delete(key);
  }

  /** What was dropped since this was last asked, by NIC and class. */
  take(): (CountedNic & { class: DropClass; frames: number })[] {
    return [...this.#counts.values()].flatMap(({ about, untold }) => {
      const told = [...untold].map(([kind, frames]) => ({ ...about, class: kind, frames }));
      untold.clear();
      return told;
    });
  }
}
