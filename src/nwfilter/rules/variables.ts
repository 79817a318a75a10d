import { isVariable } from '../values.js';
import { RulesError } from './model.js';

/** Each variable's values, in order. */
export type Variables = ReadonlyMap<string, readonly string[]>;

/** One way to give each `$…` of a rule a value. */
export type Combination = ReadonlyMap<string, string>;

/** Collects the values of names that may be repeated. */
export function toVariables(parameters: readonly { name: string; value: string }[]): Variables {
  const variables = new Map<string, string[]>();
  for (const { name, value } of parameters) variables.set(name, [...(variables.get(name) ?? []), value]);
  return variables;
}

interface Access {
  /** As the rule has it: `$IP[@1]`. */
  text: string;
  name: string;
  /** The one element that is meant; else all in turn. */
  element: number | undefined;
  /** What goes through the values: those of one iterator go in parallel. */
  iterator: string;
}

function toAccess(text: string): Access {
  const [, name = '', at, digits] = /^\$(\w+)(?:\[(@?)(\d+)\])?$/.exec(text) ?? [];
  const element = digits !== undefined && at === '' ? Number(digits) : undefined;
  // without an iterator's number it is 0; an element is an iterator of its own, of one step
  const iterator = element !== undefined ? text : `@${Number(digits ?? 0)}`;
  return { text, name, element, iterator };
}

function valuesOf(variables: Variables, { text, name, element }: Access): readonly string[] {
  const all = variables.get(name);
  if (!all || all.length === 0) throw new RulesError('must be given', name);
  if (element === undefined) return all;
  const value = all[element];
  if (value === undefined)
    throw new RulesError(`must have at least ${element + 1} values: a rule names ${text}`, name);
  return [value];
}

/** The steps of one iterator: a combination that was there before is left out. */
function stepsOf(variables: Variables, accesses: readonly Access[]): Combination[] {
  const lists = accesses.map((access) => ({ ...access, values: valuesOf(variables, access) }));
  const [first, ...others] = lists;
  const count = first?.values.length ?? 0;
  for (const { name, values } of others) {
    if (values.length === count) continue;
    throw new RulesError(
      `must have as many values as ${first?.name}: a rule takes both in parallel`,
      name === 'MAC' ? first?.name : name,
    );
  }
  const steps = new Map<string, Combination>();
  for (let i = 0; i < count; i++) {
    const step = lists.map(({ text, values }): [string, string] => [text, values[i] ?? '']);
    const key = JSON.stringify(step);
    if (!steps.has(key)) steps.set(key, new Map(step));
  }
  return [...steps.values()];
}

/**
 * All ways to give a rule's variables their values, in libvirt's order: the default iterator is the fastest, then in the order in
 * which the rule names them.
 * @throws RulesError naming the variable whose values do not do; or for more than the most
 */
export function combinations(values: readonly unknown[], variables: Variables, most: number): Combination[] {
  const iterators = new Map<string, Access[]>([['@0', []]]);
  for (const text of new Set(values.filter(isVariable))) {
    const access = toAccess(text);
    iterators.set(access.iterator, [...(iterators.get(access.iterator) ?? []), access]);
  }
  let all: Combination[] = [new Map()];
  for (const accesses of iterators.values()) {
    const steps = accesses.length === 0 ? [new Map<string, string>()] : stepsOf(variables, accesses);
    if (all.length * steps.length > most) throw new RulesError('there would be too many rules');
    all = steps.flatMap((step) => all.map((one) => new Map([...one, ...step])));
  }
  return all;
}
