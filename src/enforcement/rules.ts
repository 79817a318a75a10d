import type { Enforcement } from '../schemas/enforcement.js';
import { ruleVerdict } from '../kernel/rule-verdict.js';
import type { KernelFacts } from './kernel.js';

/** The rules that the kernel has in a port's own chains. */
export function rulesOf({ kernel, owned }: KernelFacts, port: string): Enforcement['rules'] {
  return (owned.get(port) ?? []).flatMap(({ table, chain }) =>
    (kernel.tables[table].get(chain) ?? []).map(({ text, packets, bytes }) => ({
      table,
      chain,
      text,
      verdict: ruleVerdict(table, text),
      ...(packets !== undefined && { packets }),
      ...(bytes !== undefined && { bytes }),
    })),
  );
}
