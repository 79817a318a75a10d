import { type Chains, type SavedRule, unquoted } from '../kernel/saved-rules.js';
import { ChainOrder } from './chain-order.js';
import type { KernelChain, Table } from '../nwfilter/rules/model.js';

/** Whose frames, and where on their way. */
export interface Way {
  chains: Chains;
  table: Table;
  port: string;
  direction: KernelChain['direction'];
}

/** What cannot let a frame past the rules behind it. */
const harmless: ReadonlySet<string | undefined> = new Set([
  undefined,
  'DROP',
  'REJECT',
  'CONTINUE',
  'LOG',
  'NFLOG',
]);

/** The option by which a rule is for the frames of one interface alone. */
function interfaceOption({ table, direction }: Way): string {
  if (table === 'ebtables') return direction === 'out' ? '-i' : '-o';
  return `-m physdev --physdev-${direction === 'out' ? 'in' : 'out'}`;
}

/** The one interface that a rule is for, when it is for one alone: no negation (`! -i`, `-i !`), no wildcard. */
function onlyInterface(way: Way, rule: string): string | undefined {
  const option = `${interfaceOption(way)} `;
  return rule.startsWith(option) ? /^([^\s!+]+) /.exec(rule.slice(option.length))?.[1] : undefined;
}

/** Whether a frame of the port may be let through here, before it comes to the rules behind. */
function mayDecide(way: Way, { text }: SavedRule, jumped: readonly string[]): boolean {
  const only = onlyInterface(way, text);
  if (only !== undefined && only !== way.port) return false;
  const [, verb, target = ''] = /(?:^| )(-j|-g) (\S+)/.exec(unquoted(text)) ?? [];
  if (verb === undefined || harmless.has(target)) return false;
  // it ends the chain that was jumped to, and the table's own chain for good
  if (target === 'RETURN') return jumped.length === 0;
  const next = way.chains.get(target);
  // a chain of ebtables has a policy of its own, which may be ACCEPT
  if (!next || verb === '-g' || way.table === 'ebtables' || jumped.includes(target)) return true;
  return next.some((rule) => mayDecide(way, rule, [...jumped, target]));
}

/** By the rules of a chain, which are never changed, and by what says in them for which interface they are. */
const orders = new WeakMap<readonly SavedRule[], Map<string, ChainOrder>>();

/** The order of a chain's rules, made once for all NICs. */
export function orderOf(way: Way, rules: readonly SavedRule[]): ChainOrder {
  const known = orders.get(rules) ?? new Map<string, ChainOrder>();
  orders.set(rules, known);
  const option = interfaceOption(way);
  const order = known.get(option) ?? new ChainOrder(rules, (text) => onlyInterface(way, text));
  known.set(option, order);
  return order;
}

/** Those of a chain's first rules that may decide over frames of a port. */
export const rulesAhead = (way: Way, first: readonly SavedRule[]): SavedRule[] =>
  first.filter((rule) => mayDecide(way, rule, []));
