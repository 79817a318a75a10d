import type { Attributes, FilterRule } from '../model.js';
import { isProtocol, shownAttributes } from '../protocols.js';
import { isVariable, type TcpFlags, types as kinds, type Value } from '../values.js';
import { RulesError } from './model.js';
import type { Combination } from './variables.js';

/** One attribute of a rule with its value. */
export interface Item {
  value: Value;
  not: boolean;
  /** What the NIC gave, where a variable stands: libvirt hands it on as it is. */
  given?: string;
}

/** What the NIC gave for a variable. */
function given(
  { protocol }: FilterRule,
  name: string,
  variable: string,
  combination: Combination,
  not: boolean,
): Item {
  const text = combination.get(variable) ?? '';
  const type = isProtocol(protocol) ? shownAttributes(protocol)[name] : undefined;
  // a filter may have no address here, but the NIC's parameter is one
  const value = (type === kinds.variable ? kinds.ipv6 : type)?.read(text);
  if (value !== undefined && !isVariable(value)) return { value, not, given: text };
  const what = type?.what.replace(/, or a variable.*$/, '');
  throw new RulesError(
    `must be ${what} for ${name} of a rule of ${protocol}: ${text} is not`,
    /^\$(\w+)/.exec(variable)?.[1],
  );
}

/** What a rule looks at, with one combination of its variables. */
export class LookedAt {
  readonly #items: ReadonlyMap<string, Item>;

  /** @throws RulesError for a variable's value that the attribute cannot have */
  constructor(rule: FilterRule, combination: Combination) {
    const of = (attributes: Attributes | undefined, not: boolean): [string, Item][] =>
      Object.entries(attributes ?? {}).map(([name, value]) => [
        name,
        isVariable(value) ? given(rule, name, value, combination, not) : { value, not },
      ]);
    this.#items = new Map([...of(rule.match, false), ...of(rule.notMatch, true)]);
  }

  has(name: string): boolean {
    return this.#items.has(name);
  }

  item(name: string): Item | undefined {
    return this.#items.get(name);
  }

  text(name: string): string | undefined {
    const value = this.#items.get(name)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string, names: Readonly<Record<string, number>> = {}): number | undefined {
    const item = this.#items.get(name);
    return item && toNumber(item.value, names);
  }

  words(name: string): string[] | undefined {
    const item = this.#items.get(name);
    return item && (item.value as string[]);
  }

  flags(name: string): TcpFlags | undefined {
    const item = this.#items.get(name);
    return item && (item.value as TcpFlags);
  }

  not(name: string): boolean {
    return this.#items.get(name)?.not ?? false;
  }
}

/** A number, also where libvirt has a name for it. */
export const toNumber = (value: Value, names: Readonly<Record<string, number>>): number =>
  typeof value === 'string' ? (names[value] ?? Number(value)) : Number(value);
