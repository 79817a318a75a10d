/** How much is measured: the whole, or just enough to see that all of it works. */
export interface Plan {
  /** Numbers of VMs that are only defined. */
  sizes: { small: number; middle: number; large: number };
  /** Rounds of a row with one client, and with many. */
  rounds: number;
  manyRounds: number;
  /** About how long a round of one contestant may take, ms: it sets how many requests it has. */
  roundMs: number;
  manyRoundMs: number;
  /** Starts of a VM in a round. */
  starts: number;
  /** Running NICs for the verdicts. */
  nics: readonly number[];
  /** How many of them the goal is about; for more, the cost of a NIC may not grow. */
  goalNics: number;
  verdicts: number;
  /** Reads at rest, and as many while a filter is redefined. */
  reads: number;
  /** Starts of the service. */
  restarts: number;
  events: number;
  mixed: number;
  /** Requests whose profile is taken. */
  profiled: number;
}

export const whole: Plan = {
  sizes: { small: 10, middle: 100, large: 1000 },
  rounds: 5,
  manyRounds: 3,
  roundMs: 800,
  manyRoundMs: 2000,
  starts: 5,
  nics: [1, 10, 100],
  goalNics: 100,
  verdicts: 50,
  reads: 400,
  restarts: 7,
  events: 2000,
  mixed: 100_000,
  profiled: 200,
};

export const quick: Plan = {
  sizes: { small: 10, middle: 10, large: 10 },
  rounds: 2,
  manyRounds: 1,
  roundMs: 10,
  manyRoundMs: 10,
  starts: 1,
  nics: [1, 2],
  goalNics: 2,
  verdicts: 3,
  reads: 20,
  restarts: 1,
  events: 20,
  mixed: 400,
  profiled: 8,
};

/** A fixed number of requests: as many as take about so long when one takes about so many ms. */
export const requestsIn = (
  ms: number,
  each: number,
  { least, most }: { least: number; most: number },
): number => Math.min(most, Math.max(least, Math.round(ms / each)));
