import { parseArgs } from 'node:util';
import { report } from './findings.js';
import { Run, type RunOptions } from './run.js';
import { Stage } from './stage.js';

const defaults = { requests: '20000', seed: '1', from: '0' };

/** The numbers that were given; undefined where one is none. */
function optionsGiven(): RunOptions | undefined {
  try {
    const string = { type: 'string' } as const;
    const { values } = parseArgs({ options: { requests: string, seed: string, from: string } });
    const { requests, seed, from } = { ...defaults, ...values };
    const numbers = [requests, seed, from].every((text) => /^\d{1,9}$/.test(text));
    return numbers ? { requests: Number(requests), seed: Number(seed), from: Number(from) } : undefined;
  } catch {
    return undefined;
  }
}

const options = optionsGiven();
if (options === undefined) {
  console.error('Usage: npm run fuzz -- [--requests N] [--seed S] [--from I]');
  process.exit(2);
}

async function fuzz({ seed, from, requests }: RunOptions): Promise<number> {
  const began = performance.now();
  const seconds = (): string => ((performance.now() - began) / 1000).toFixed(0);
  await using stage = await Stage.start();
  const run = new Run(stage);
  let told = 0;
  const { findings, statuses, took } = await run.go({ seed, from, requests }, (done) => {
    const { findings } = run.outcome;
    console.log(`${seconds()} s: ${done} of ${requests} requests, ${findings.length} findings`);
    if (findings.length > told) console.log(`\n${report(findings.slice(told), seed)}\n`);
    told = findings.length;
  });
  const counts = [...statuses].toSorted(([a], [b]) => a - b);
  console.log(`answers: ${counts.map(([status, count]) => `${count} of ${status}`).join(', ')}`);
  const slowest = [...took].toSorted(([, a], [, b]) => b.ms - a.ms).slice(0, 10);
  for (const [name, { count, ms }] of slowest) {
    console.log(`  ${name}: ${count} requests, ${(ms / 1000).toFixed(1)} s`);
  }
  console.log(`seed ${seed}: ${findings.length} findings in ${seconds()} s`);
  return findings.length > 0 ? 1 : 0;
}

process.exit(await fuzz(options));
