import { parseArgs } from 'node:util';
import { closingReport } from './report.js';
import { soak, type SoakOptions } from './soak.js';

/** The numbers that were given; undefined where one is none. */
function optionsGiven(): SoakOptions | undefined {
  try {
    const string = { type: 'string' } as const;
    const { values } = parseArgs({ options: { minutes: string, seed: string } });
    const { minutes, seed } = { minutes: '60', seed: '1', ...values };
    return [minutes, seed].every((text) => /^[1-9]\d{0,4}$/.test(text))
      ? { minutes: Number(minutes), seed: Number(seed), say: (line) => console.log(line) }
      : undefined;
  } catch {
    return undefined;
  }
}

const options = optionsGiven();
if (options === undefined) {
  console.error('Usage: npm run soak [-- --minutes N] [--seed S]');
  process.exit(2);
}
const outcome = await soak(options);
console.log(closingReport(outcome));
process.exit(outcome.findings.length > 0 ? 1 : 0);
