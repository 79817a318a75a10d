import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Plan, quick, whole } from './plan.js';
import { type SectionName, sections } from './sections.js';

export interface Options {
  plan: Plan;
  only: SectionName[];
  /** Where the results are written; none when they are not all of a whole run. */
  out?: string;
}

const isSection = (name: string): name is SectionName => name in sections;

/** Reads the command line; undefined when it is wrong. */
export function readOptions(args: string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        nics: { type: 'string' },
        out: { type: 'string' },
      },
    });
    if (!values.only.every(isSection) || !/^\d{1,4}$/.test(values.nics ?? '1')) return undefined;
    const usual = values.quick
      ? join(tmpdir(), 'virtwarden-bench.json')
      : values.only.length > 0
        ? undefined
        : join(import.meta.dirname, 'results.json');
    const out = values.out ?? usual;
    const chosen = values.quick ? quick : whole;
    const plan =
      values.nics === undefined ? chosen : { ...chosen, nics: [...chosen.nics, Number(values.nics)] };
    return { plan, only: values.only, ...(out !== undefined && { out }) };
  } catch {
    return undefined;
  }
}
