/** What one run measured: how long each request took, and how long all of them, ms. */
export interface Sample {
  times: number[];
  elapsed: number;
}

/** The least of the numbers that such a part of them does not exceed. */
export function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? NaN;
}

export const median = (numbers: readonly number[]): number => percentile(numbers, 0.5);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Of times in µs, one a line. */
export function sampleOfLines(text: string): Sample {
  const times = text
    .trim()
    .split('\n')
    .map((line) => Number(line) / 1000);
  return { times, elapsed: sum(times) };
}

export const sampleOf = (times: number[]): Sample => ({ times, elapsed: sum(times) });
