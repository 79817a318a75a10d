import type { components } from '../../client/schema.js';

type Rule = components['schemas']['EnforcementRule'];

/** A rule, and how many jumps lead to its chain. */
export interface OrderedRule extends Rule {
  depth: number;
}

/** The chain that a rule sends a frame to: `-j I-vnet0-mac` of ebtables, `jump mac` of nft. */
const targetOf = ({ text }: Rule): string | undefined => /(?:^| )(?:-[jg]|jump|goto) (\S+)/.exec(text)?.[1];

const placeOf = (table: string, chain: string): string => `${table} ${chain}`;

/** Rules as a frame meets them: those of a chain follow the rule that leads to it. */
export function inOrderOfEvaluation(rules: readonly Rule[]): OrderedRule[] {
  const chains = new Map<string, Rule[]>();
  for (const rule of rules) {
    const place = placeOf(rule.table, rule.chain);
    chains.set(place, [...(chains.get(place) ?? []), rule]);
  }
  const leadsTo = (rule: Rule): string => placeOf(rule.table, targetOf(rule) ?? '');
  const led = new Set(rules.map(leadsTo));
  const seen = new Set<string>();
  const ordered: OrderedRule[] = [];
  function walk(place: string, depth: number): void {
    if (seen.has(place)) return;
    seen.add(place);
    for (const rule of chains.get(place) ?? []) {
      ordered.push({ ...rule, depth });
      walk(leadsTo(rule), depth + 1);
    }
  }
  const places = [...chains.keys()];
  // what no rule leads to comes first; then what is left, so that none is kept back
  for (const place of [...places.filter((one) => !led.has(one)), ...places]) walk(place, 0);
  return ordered;
}
