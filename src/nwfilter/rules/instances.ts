import { type Filter, type FilterRule, isRef } from '../model.js';
import { isProtocol, shownAttributes } from '../protocols.js';
import type { Value } from '../values.js';
import { RulesError, type RuleSource } from './model.js';
import { type Combination, combinations, toVariables, type Variables } from './variables.js';

/** A rule of the tree where it is to be, and all that its variables are there. */
export interface RuleInstance {
  source: RuleSource;
  rule: FilterRule;
  chain: string;
  chainPriority: number;
  combinations: readonly Combination[];
}

/** So that nobody makes the service think for minutes; libvirt would be at it for as long. */
const mostRules = 20_000;

/** What a rule has for its attributes, in the order in which libvirt reads them. */
function orderedValues({ protocol, match, notMatch }: FilterRule): (Value | undefined)[] {
  if (!isProtocol(protocol)) return [];
  const values = { ...match, ...notMatch };
  return Object.keys(shownAttributes(protocol)).map((name) => values[name]);
}

/** Goes through a tree of filters. */
class Walk {
  readonly #filters: ReadonlyMap<string, Filter>;
  readonly instances: RuleInstance[] = [];
  #left = mostRules;

  constructor(filters: ReadonlyMap<string, Filter>) {
    this.#filters = filters;
  }

  visit(name: string, above: readonly string[], variables: Variables): void {
    const filter = this.#filters.get(name);
    if (!filter) throw new RulesError(`there is no filter ${name}`);
    if (above.includes(name)) throw new RulesError(`the filter ${name} refers to itself`);
    if (this.#left-- <= 0) throw new RulesError('there would be too many rules');
    const path = [...above, name];
    for (const entry of filter.entries) {
      // the NIC's own value wins over that of a reference
      if (isRef(entry))
        this.visit(entry.ref, path, new Map([...toVariables(entry.parameters), ...variables]));
      else this.#add(entry, path, filter, variables);
    }
  }

  #add(rule: FilterRule, path: readonly string[], filter: Filter, variables: Variables): void {
    const { chain, priority: chainPriority } = filter;
    const made = combinations(orderedValues(rule), variables, this.#left);
    this.#left -= made.length;
    this.instances.push({ source: { path, rule }, rule, chain, chainPriority, combinations: made });
  }
}

/** The priority that libvirt takes for a rule's. */
type PriorityOf = (instance: RuleInstance) => number;

/** The one that it has. */
export const ownPriority: PriorityOf = ({ rule }) => rule.priority;

/** At least that of its chain, so that the chain is there before it. */
export const notBeforeChain: PriorityOf = ({ chain, chainPriority, rule }) =>
  chain === 'root' ? rule.priority : Math.max(chainPriority, rule.priority);

/**
 * The rules of a filter and all that it refers to, in the order in which libvirt makes them: those of the root first, then by
 * priority.
 * @throws RulesError
 */
export function ruleInstances(
  filters: ReadonlyMap<string, Filter>,
  name: string,
  variables: Variables,
  priorityOf = ownPriority,
): RuleInstance[] {
  const walk = new Walk(filters);
  walk.visit(name, [], variables);
  const rank = ({ chain }: RuleInstance): number => (chain === 'root' ? 0 : 1);
  return walk.instances.toSorted((a, b) => rank(a) - rank(b) || priorityOf(a) - priorityOf(b));
}
