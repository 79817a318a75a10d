import type { DropClass, DropSource } from './sources.js';

/** A running NIC whose drops are counted. */
export interface CountedNic {
  vm: string;
  nic: string;
  port: string;
}

/** Dropped frames by class. */
export type Drops = ReadonlyMap<DropClass, number>;

interface Count {
  about: CountedNic;
  /** What each rule had counted when it was last read. */
  last: Map<string, number>;
  totals: Map<DropClass, number>;
  /** What was not told yet. */
  untold: Map<DropClass, number>;
}

const keyOf = ({ vm, nic, port }: CountedNic): string => `${vm} ${nic.toLowerCase()} ${port}`;
const add = (to: Map<DropClass, number>, kind: DropClass, frames: number): void =>
  void to.set(kind, (to.get(kind) ?? 0) + frames);

/**
 * Adds up what the kernel's rules drop. They begin at 0 whenever they are made anew; this goes on for as long as the NIC
 * has its tap and the service runs.
 */
export class DropCounter {
  readonly #counts = new Map<string, Count>();

  /** Takes in what a NIC's rules have counted; gives all that was dropped. */
  observe(about: CountedNic, sources: readonly DropSource[]): Drops {
    const key = keyOf(about);
    const count = this.#counts.get(key) ?? {
      about,
      last: new Map<string, number>(),
      totals: new Map<DropClass, number>(),
      untold: new Map<DropClass, number>(),
    };
    this.#counts.set(key, count);
    for (const { id, class: kind, packets } of sources) {
      const before = count.last.get(id) ?? 0;
      // fewer than before: the rule was made anew
      const more = packets >= before ? packets - before : packets;
      if (more === 0) continue;
      add(count.totals, kind, more);
      add(count.untold, kind, more);
    }
    count.last = new Map(sources.map(({ id, packets }) => [id, packets]));
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
