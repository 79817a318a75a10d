import type { Enforcement } from '../schemas/enforcement.js';
import type { KernelFacts } from './kernel.js';

const verdictOf = (text: string): string => {
  const [, verb, target = 'continue'] = /(?:^| )(-j|-g) (\S+)/.exec(text) ?? [];
  if (verb === '-g') return 'goto';
  return /^[A-Z]+$/.test(target) ? target.toLowerCase() : 'jump';
};

/** The rules that the kernel has in a port's own chains. */
export function rulesOf({ kernel, owned }: KernelFacts, port: string): Enforcement['rules'] {
  return (owned.get(port) ?? []).flatMap(({ table, chain }) =>
    (kernel.tables[table].get(chain) ?? []).map(({ text, packets, bytes }) => ({
      table,
      chain,
      text,
      verdict: verdictOf(text),
      packets,
      bytes,
    })),
  );
}
