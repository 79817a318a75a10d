import { isForFrames } from './ebtables.js';
import type { RuleInstance } from './instances.js';
import { LookedAt } from './looked-at.js';
import type { KernelChain, KernelRule, NativeTable, Verdict } from './model.js';
import { frameMatch } from './nftables-frames.js';
import { looksAtConnection, packetMatch } from './nftables-packets.js';
import { joined } from './nftables-parts.js';
import type { Combination } from './variables.js';

const frames: NativeTable = 'libvirt_nwfilter_ethernet';
const packets: NativeTable = 'libvirt_nwfilter_inet';

type Way = 'in' | 'out';
const ways = ['in', 'out'] as const;

/** Which frames come into a chain, by how its name begins. */
const chainFrames: readonly [prefix: string, match: string | undefined][] = [
  ['ipv4', 'ether type 0x0800'],
  ['ipv6', 'ether type 0x86dd'],
  ['arp', 'ether type 0x0806'],
  ['rarp', 'ether type 0x8035'],
  ['vlan', 'ether type 0x8100'],
  ['stp', 'ether daddr 01:80:c2:00:00:00'],
];

/** A rule with the one chain that it is in. */
interface Placed {
  table: NativeTable;
  way: Way;
  rule: KernelRule;
}

function toRule(instance: RuleInstance, combination: Combination, way: Way, reversed: boolean): Placed {
  const { rule, source } = instance;
  const ofFrames = isForFrames(instance);
  const at = new LookedAt(rule, combination);
  const match = ofFrames
    ? frameMatch(rule.protocol, at, reversed)
    : packetMatch(rule, at, { inward: way === 'in', reversed });
  // the driver answers nothing
  const verdict: Verdict = rule.action === 'reject' ? 'drop' : rule.action;
  const comment =
    ofFrames || rule.comment === undefined
      ? undefined
      : `comment "usercomment=${rule.comment.replaceAll('"', "'")}"`;
  const text = joined(match, verdict, comment) ?? '';
  return { table: ofFrames ? frames : packets, way, rule: { text, verdict, source } };
}

/** The rules that one rule of a filter becomes, with one combination of its variables. */
function rulesOf(instance: RuleInstance, combination: Combination): Placed[] {
  const { direction, action } = instance.rule;
  const make = (way: Way, reversed: boolean): Placed => toRule(instance, combination, way, reversed);
  if (direction === 'inout') return [make('in', false), make('out', isForFrames(instance))];
  const answered = !isForFrames(instance) && action === 'accept' && looksAtConnection(instance.rule);
  const other = direction === 'in' ? 'out' : 'in';
  return [make(direction, false), ...(answered ? [make(other, true)] : [])];
}

/** A chain that the root leads to. */
interface SubChain {
  name: string;
  priority: number;
  ways: Set<Way>;
}

/** In order of their priority; of those that share one, the chain of the rule that is first. */
function subChains(instances: readonly RuleInstance[]): SubChain[] {
  const chains = new Map<string, SubChain>();
  for (const instance of instances) {
    const { chain: name, chainPriority: priority, rule } = instance;
    if (name === 'root') continue;
    const chain = chains.get(name) ?? { name, priority, ways: new Set<Way>() };
    chains.set(name, chain);
    if (!isForFrames(instance)) continue;
    for (const way of ways) if (rule.direction === 'inout' || rule.direction === way) chain.ways.add(way);
  }
  return [...chains.values()].toSorted((a, b) => a.priority - b.priority);
}

/** The element of a map by which frames of the port come to a chain. */
const entryOf = (table: NativeTable, port: string, way: Way): KernelChain<NativeTable> => {
  const to = `${port}-${way}`;
  const rule: KernelRule = { text: `"${port}" : jump ${to}`, verdict: 'jump', to };
  return { table, name: way === 'in' ? 'vmap-oif' : 'vmap-iif', direction: way, rules: [rule] };
};

/**
 * The chains that libvirt's own backend for nftables makes of a filter's rules, and where they are entered. The texts are those
 * that libvirt hands to nft, which lists them in a spelling of its own.
 * @param instances in libvirt's order
 * @throws RulesError
 */
export function nftablesChains(instances: readonly RuleInstance[], port: string): KernelChain<NativeTable>[] {
  const chains = new Map<string, KernelChain<NativeTable>>();
  const chainOf = (table: NativeTable, name: string, direction: Way): KernelChain<NativeTable> => {
    const key = `${table} ${name}`;
    const chain = chains.get(key) ?? { table, name, direction, own: true, rules: [] };
    chains.set(key, chain);
    return chain;
  };
  const nameOf = (chain: string, way: Way): string =>
    chain === 'root' ? `${port}-${way}` : `${port}-${chain}-${way}`;
  const add = (instance: RuleInstance): void => {
    for (const combination of instance.combinations)
      for (const { table, way, rule } of rulesOf(instance, combination))
        chainOf(table, nameOf(table === frames ? instance.chain : 'root', way), way).rules.push(rule);
  };
  for (const way of ways) for (const table of [frames, packets]) chainOf(table, nameOf('root', way), way);
  const early = instances.filter((instance) => instance.chain === 'root' && isForFrames(instance));
  const late = new Set(instances);
  for (const { name, priority, ways: used } of subChains(instances)) {
    while (early[0] && early[0].rule.priority < priority)
      for (const instance of early.splice(0, 1)) {
        add(instance);
        late.delete(instance);
      }
    const match = chainFrames.find(([prefix]) => name.startsWith(prefix))?.[1];
    for (const way of ways) {
      if (!used.has(way)) continue;
      const to = chainOf(frames, nameOf(name, way), way).name;
      const text = joined(match, `jump ${to}`) ?? '';
      chainOf(frames, nameOf('root', way), way).rules.push({ text, verdict: 'jump', to });
    }
  }
  for (const instance of late) add(instance);
  const entries = [frames, packets].flatMap((table) => ways.map((way) => entryOf(table, port, way)));
  return [...entries, ...chains.values()];
}
