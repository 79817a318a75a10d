import { median, percentile, type Sample } from './sample.js';

/** How long requests took, ms. */
export interface Latency {
  row: string;
  who: string;
  requests: number;
  rounds: number;
  p50: number;
  p99: number;
  /** The least and the greatest of the rounds' medians. */
  low: number;
  high: number;
  perSecond: number;
}

/** Anything else that was measured. */
export interface Figure {
  row: string;
  who: string;
  value: number;
  unit: string;
}

export type Row = Latency | Figure;

/** What rounds of the same came to. */
export function latency(row: string, who: string, samples: readonly Sample[]): Latency {
  const times = samples.flatMap((sample) => sample.times);
  const medians = samples.map((sample) => median(sample.times));
  return {
    row,
    who,
    requests: times.length,
    rounds: samples.length,
    p50: median(times),
    p99: percentile(times, 0.99),
    low: Math.min(...medians),
    high: Math.max(...medians),
    perSecond: median(samples.map(({ times, elapsed }) => (1000 * times.length) / elapsed)),
  };
}

/** Who takes part in a row: each of its rounds is so many requests. */
export interface Contestant {
  who: string;
  requests: number;
  measure: (requests: number) => Promise<Sample>;
}

/** Lets them take turns, so that whatever else the machine does meets all of them. A first, short round counts for nothing. */
export async function compare(
  row: string,
  rounds: number,
  contestants: readonly Contestant[],
): Promise<Latency[]> {
  const samples = contestants.map((): Sample[] => []);
  for (const { requests, measure } of contestants) await measure(Math.ceil(requests / 5));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { requests, measure }] of contestants.entries()) samples[i]?.push(await measure(requests));
  }
  return contestants.map(({ who }, i) => latency(row, who, samples[i] ?? []));
}
