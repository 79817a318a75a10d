import { LookedAt } from './looked-at.js';
import { ebtablesMatch } from './ebtables-match.js';
import type { RuleInstance } from './instances.js';
import { type KernelChain, type KernelRule, RulesError, type Verdict } from './model.js';
import type { Combination } from './variables.js';

/** The protocols whose rules are for frames, not for packets in them. */
const frameProtocols: ReadonlySet<string> = new Set([
  'mac',
  'vlan',
  'stp',
  'arp',
  'rarp',
  'ip',
  'ipv6',
  'none',
]);
export const isForFrames = ({ rule }: RuleInstance): boolean => frameProtocols.has(rule.protocol);

/** libvirt's two sets of chains: what the guest sends comes in to the host. */
const ways = [
  { direction: 'out', letter: 'I', hook: 'PREROUTING', option: '-i' },
  { direction: 'in', letter: 'O', hook: 'POSTROUTING', option: '-o' },
] as const;
type Way = (typeof ways)[number];

/** Which frames come into a chain, by how its name begins. */
const chainFrames: readonly [prefix: string, match: string[]][] = [
  ['ipv4', ['-p 0x800']],
  ['ipv6', ['-p 0x86dd']],
  ['arp', ['-p 0x806']],
  ['rarp', ['-p 0x8035']],
  ['mac', []],
  ['vlan', ['-p 0x8100']],
  ['stp', ['-d BGA']],
];

/** Joins what a rule looks at and what it does. */
export const ruleText = (match: readonly string[], target: string): string => [...match, target].join(' ');

function toRule({ rule, source }: RuleInstance, combination: Combination, way: Way): KernelRule {
  const { action, direction, protocol } = rule;
  const at = new LookedAt(rule, combination);
  const reversed = direction === 'inout' && way.direction === 'out';
  if (reversed && protocol === 'stp' && at.has('srcmacaddr'))
    throw new RulesError('libvirt makes no rule of stp for both directions that has srcmacaddr');
  // ebtables cannot answer
  const verdict: Verdict = action === 'reject' ? 'drop' : action;
  return {
    text: ruleText(ebtablesMatch(protocol, at, reversed), `-j ${verdict.toUpperCase()}`),
    verdict,
    source,
  };
}

/** Where the chains of the root begin: in order of their priority, and where that is the same, in any. */
function toJumps(chains: ReadonlyMap<string, number>, nameOf: (chain: string) => string) {
  const priorities = [...chains.values()];
  return [...chains]
    .flatMap(([chain, priority]) => {
      const match = chainFrames.find(([prefix]) => chain.startsWith(prefix))?.[1];
      if (chain === 'root' || !match) return [];
      const to = nameOf(chain);
      const rule: KernelRule = { text: ruleText(match, `-j ${to}`), verdict: 'jump', to };
      if (priorities.filter((other) => other === priority).length > 1) rule.tied = priority;
      return [{ priority, rule }];
    })
    .toSorted((a, b) => a.priority - b.priority || ((a.rule.to ?? '') < (b.rule.to ?? '') ? -1 : 1));
}

function chainsOf(instances: readonly RuleInstance[], way: Way, port: string): KernelChain[] {
  const { direction, letter, hook, option } = way;
  const mine = instances.filter(({ rule }) => rule.direction === 'inout' || rule.direction === direction);
  if (mine.length === 0) return [];
  const nameOf = (chain: string): string =>
    chain === 'root' ? `libvirt-${letter}-${port}` : `${letter}-${port}-${chain}`;
  // where filters differ on a chain's priority, the last rule has its way
  const jumps = toJumps(new Map(mine.map(({ chain, chainPriority }) => [chain, chainPriority])), nameOf);
  const root: KernelChain = { table: 'ebtables', name: nameOf('root'), direction, own: true, rules: [] };
  const chains = new Map([['root', root]]);
  for (const { rule } of jumps)
    chains.set(rule.to ?? '', { table: 'ebtables', name: rule.to ?? '', direction, own: true, rules: [] });
  for (const instance of mine) {
    const { rule, chain, combinations } = instance;
    const rules = combinations.map((combination) => toRule(instance, combination, way));
    if (chain === 'root') {
      while (jumps[0] && jumps[0].priority <= rule.priority)
        root.rules.push(...jumps.splice(0, 1).map((j) => j.rule));
      root.rules.push(...rules);
    } else chains.get(nameOf(chain))?.rules.push(...rules);
  }
  root.rules.push(...jumps.map((jump) => jump.rule));
  const to = root.name;
  const entry: KernelRule = { text: ruleText([`${option} ${port}`], `-j ${to}`), verdict: 'jump', to };
  return [{ table: 'ebtables', name: hook, direction, rules: [entry] }, ...chains.values()];
}

/**
 * The chains that libvirt makes of a filter's rules for frames, and where they are entered.
 * @param instances in libvirt's order
 * @throws RulesError
 */
export const ebtablesChains = (instances: readonly RuleInstance[], port: string): KernelChain[] =>
  ways.flatMap((way) => chainsOf(instances.filter(isForFrames), way, port));
