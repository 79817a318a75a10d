import type { Enforcement } from '../schemas/enforcement.js';
import { isNative, verdicts } from '../nwfilter/rules/model.js';
import { unquoted } from '../kernel/saved-rules.js';
import type { KernelFacts } from './kernel.js';

/** What a rule of nft's does at its end. */
export function nativeVerdict(text: string): string {
  const words = text.replace(/ ?comment "[^"]*"$/, '').split(' ');
  const last = words.slice(-2).find((word) => (verdicts as readonly string[]).includes(word));
  return last ?? 'continue';
}

const savedVerdict = (text: string): string => {
  const [, verb, target = 'continue'] = /(?:^| )(-j|-g) (\S+)/.exec(unquoted(text)) ?? [];
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
      verdict: isNative(table) ? nativeVerdict(text) : savedVerdict(text),
      ...(packets !== undefined && { packets }),
      ...(bytes !== undefined && { bytes }),
    })),
  );
}
