import fc from 'fast-check';

/** Chance that comes out the same for the same seed. */
export class Dice {
  readonly #seed: number;
  #thrown = 0;
  #numbers: number[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A whole number from 0 on, less than `sides`. */
  below(sides: number): number {
    if (this.#numbers.length === 0) {
      const seed = this.#seed + this.#thrown++;
      this.#numbers = fc.sample(fc.noBias(fc.nat()), { seed, numRuns: 1000 });
    }
    return (this.#numbers.pop() ?? 0) % sides;
  }

  /** @throws RangeError when there is nothing to choose from */
  of<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new RangeError('nothing to choose from');
    return choice;
  }
}
