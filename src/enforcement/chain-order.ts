import type { SavedRule } from '../kernel/saved-rules.js';

interface Placed {
  at: number;
  rule: SavedRule;
}

/**
 * The rules of one chain, found by their text and by the one interface that they are for: a root chain has a rule for each NIC, and
 * each NIC asks what stands before its own.
 */
export class ChainOrder {
  readonly #first = new Map<string, number>();
  /** By interface; undefined: those that are for several. */
  readonly #for = new Map<string | undefined, Placed[]>();

  /** @param onlyInterface the one interface that a rule is for, if it is for one alone */
  constructor(rules: readonly SavedRule[], onlyInterface: (text: string) => string | undefined) {
    for (const [at, rule] of rules.entries()) {
      if (!this.#first.has(rule.text)) this.#first.set(rule.text, at);
      const only = onlyInterface(rule.text);
      const placed = this.#for.get(only);
      if (placed) placed.push({ at, rule });
      else this.#for.set(only, [{ at, rule }]);
    }
  }

  /** The place of the first rule with this text; -1 when there is none. */
  placeOf(text: string): number {
    return this.#first.get(text) ?? -1;
  }

  /** Those rules before a place that are not for other interfaces alone, in their order. */
  before(place: number, port: string): SavedRule[] {
    return [...(this.#for.get(undefined) ?? []), ...(this.#for.get(port) ?? [])]
      .filter(({ at }) => at < place)
      .toSorted((a, b) => a.at - b.at)
      .map(({ rule }) => rule);
  }
}
