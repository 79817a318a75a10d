import type { FilterRule } from '../model.js';
import { isForFrames, ruleText } from './ebtables.js';
import type { RuleInstance } from './instances.js';
import { isOverIpv6, lastMatches, packetMatch } from './iptables-match.js';
import { LookedAt } from './looked-at.js';
import { type KernelChain, type KernelRule, RulesError, type Table, type Verdict } from './model.js';

/** libvirt's three chains for a NIC: from the guest to others, to the guest, and from the guest to the host. */
type ChainKind = 'FI' | 'FO' | 'HI';

/** How one of a filter's rules goes into one of the chains. */
interface Variant {
  chain: ChainKind;
  /** Whether the packets there go against the rule's direction. */
  reversed: boolean;
  /** In which states of the connection it applies; empty: in any. */
  states: readonly string[];
  /** The states are what the rule itself says. */
  explicit: boolean;
  /** An accepted packet is not done when other chains are to see it. */
  accept: 'return' | 'accept';
  /** ICMP has no answer of the same type. */
  skipsIcmpTypes: boolean;
}

/** In the save tools' order. */
const stateNames = ['INVALID', 'NEW', 'RELATED', 'ESTABLISHED'];
const answers = ['ESTABLISHED'];
const beginnings = ['NEW', 'ESTABLISHED'];

/** With states of its own a rule is in the chains of its direction only. */
function explicitVariants({ direction }: FilterRule, states: readonly string[]): Variant[] {
  const inward = direction !== 'out';
  const shared = { states, explicit: true } as const;
  const from = { reversed: inward, accept: 'return', skipsIcmpTypes: inward } as const;
  const to = {
    reversed: !inward,
    accept: 'accept',
    skipsIcmpTypes: !inward || direction === 'inout',
  } as const;
  return [
    ...(direction === 'in' ? [] : [{ ...shared, ...from, chain: 'FI' } as const]),
    ...(inward ? [{ ...shared, ...to, chain: 'FO' } as const] : []),
    ...(direction === 'in' ? [] : [{ ...shared, ...from, chain: 'HI' } as const]),
  ];
}

/** Otherwise the answers to what it lets through are let through in the other direction. */
function plainVariants({ direction, statematch }: FilterRule): Variant[] {
  const inward = direction !== 'out';
  const inout = direction === 'inout';
  const matches = !inout && statematch !== false;
  const statesOf = (reversed: boolean) => (!matches ? [] : reversed ? answers : beginnings);
  const from = { reversed: inward, explicit: false, accept: 'return', skipsIcmpTypes: inward } as const;
  return [
    { ...from, chain: 'FI', states: statesOf(inward) },
    {
      chain: 'FO',
      reversed: !inward,
      states: statesOf(!inward),
      explicit: false,
      accept: 'accept',
      skipsIcmpTypes: !inward || inout,
    },
    { ...from, chain: 'HI', states: statesOf(inward) },
  ];
}

function variants(rule: FilterRule): Variant[] {
  const states = (rule.match?.state ?? rule.notMatch?.state) as string[] | undefined;
  if (rule.statematch !== false && states) return explicitVariants(rule, states);
  return plainVariants(rule);
}

/** What a rule says of the connection. */
function connection(at: LookedAt, { action }: FilterRule, variant: Variant): string[] {
  const { states, explicit, reversed } = variant;
  const limited = at.has('connlimit-above') && !reversed;
  const left = action === 'accept' ? limited : !explicit;
  if (left || states.length === 0) return [];
  const list = stateNames.filter((state) => states.includes(state)).join(',');
  const direction =
    explicit || at.has('type') ? [] : [`-m conntrack --ctdir ${reversed ? 'REPLY' : 'ORIGINAL'}`];
  return [`-m conntrack --ctstate ${list}`, ...direction];
}

function target(verdict: Verdict, ipv6: boolean): string {
  const reason = verdict === 'reject' ? ` --reject-with ${ipv6 ? 'icmp6' : 'icmp'}-port-unreachable` : '';
  return `-j ${verdict.toUpperCase()}${reason}`;
}

/** The rule of one chain; none where libvirt leaves it out. @throws RulesError */
function toRule(instance: RuleInstance, at: LookedAt, variant: Variant): KernelRule | undefined {
  const { rule, source } = instance;
  const { protocol, action, comment } = rule;
  if (isForFrames(instance) || protocol === 'none') return undefined;
  const { reversed } = variant;
  if (variant.skipsIcmpTypes && at.has('type')) return undefined;
  if (reversed && at.has('connlimit-above')) return undefined;
  const packet = { at, protocol, reversed };
  const { head, rest } = packetMatch(packet);
  // the tables know the sender's MAC address only
  const looksElsewhere = orderedNames(rule).some((name) => !unseen.has(name));
  if (reversed && at.has('srcmacaddr') && !looksElsewhere) return undefined;
  const mac = at.has('srcmacaddr') && !reversed;
  const macs = mac ? [`-m mac ${at.not('srcmacaddr') ? '! ' : ''}--mac-source ${at.text('srcmacaddr')}`] : [];
  const verdict: Verdict = action === 'accept' ? variant.accept : action;
  if (verdict === 'continue') throw new RulesError(`libvirt makes no rule of ${protocol} that continues`);
  const match = [
    ...head,
    ...macs,
    ...rest,
    ...connection(at, rule, variant),
    ...lastMatches(packet, comment),
  ];
  return { text: ruleText(match, target(verdict, isOverIpv6(protocol))), verdict, source };
}

/** What does not count when libvirt asks whether a rule without its MAC address has anything left. */
const unseen: ReadonlySet<string> = new Set([
  'srcmacaddr',
  'state',
  'connlimit-above',
  'ipset',
  'ipsetflags',
]);
const orderedNames = ({ match, notMatch }: FilterRule): string[] => Object.keys({ ...match, ...notMatch });

function chainsOf(table: Table, instances: readonly RuleInstance[], port: string): KernelChain[] {
  if (instances.length === 0) return [];
  const rules: Record<ChainKind, KernelRule[]> = { FI: [], FO: [], HI: [] };
  for (const instance of instances) {
    for (const combination of instance.combinations) {
      const at = new LookedAt(instance.rule, combination);
      for (const variant of variants(instance.rule)) {
        const rule = toRule(instance, at, variant);
        if (rule) rules[variant.chain].push(rule);
      }
    }
  }
  const entered = (name: string, kind: ChainKind, match: string): KernelChain[] => {
    const direction = kind === 'FO' ? 'in' : 'out';
    const to = `${kind}-${port}`;
    const entry: KernelRule = { text: ruleText([match], `-g ${to}`), verdict: 'goto', to };
    return [
      { table, name, direction, rules: [entry] },
      { table, name: to, direction, own: true, rules: rules[kind] },
    ];
  };
  const from = `-m physdev --physdev-in ${port}`;
  const passed: KernelRule = { text: ruleText([from], '-j ACCEPT'), verdict: 'accept' };
  return [
    ...entered('libvirt-in', 'FI', from),
    ...entered('libvirt-out', 'FO', `-m physdev --physdev-out ${port} --physdev-is-bridged`),
    { table, name: 'libvirt-in-post', direction: 'out', rules: [passed] },
    ...entered('libvirt-host-in', 'HI', from),
  ];
}

/**
 * The chains that libvirt makes of a filter's rules for IPv4 and IPv6 packets, and where they are entered.
 * @param instances in libvirt's order
 * @throws RulesError
 */
export function iptablesChains(instances: readonly RuleInstance[], port: string): KernelChain[] {
  const packets = instances.filter((instance) => !isForFrames(instance));
  const [ipv6, ipv4] = [true, false].map((over) =>
    packets.filter(({ rule }) => isOverIpv6(rule.protocol) === over),
  );
  return [...chainsOf('iptables', ipv4 ?? [], port), ...chainsOf('ip6tables', ipv6 ?? [], port)];
}
