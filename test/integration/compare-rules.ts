import type { Test } from 'tap';
import { filterFromLibvirt } from '../../src/nwfilter/from-xml.js';
import type { Filter } from '../../src/nwfilter/model.js';
import { kernelChains } from '../../src/nwfilter/rules/kernel-chains.js';
import { tables } from '../../src/nwfilter/rules/model.js';
import {
  hasRules,
  type ProtocolNames,
  readProtocolNames,
  withNumbers,
} from '../../src/nwfilter/rules/saved.js';
import type { FilterPort } from './filter-port.js';

/** What the save tools say of a port, by table and chain; chains without a rule as well. */
function chainsIn(lines: readonly string[], names: ProtocolNames): Map<string, string[]> {
  const chains = new Map<string, string[]>();
  for (const line of lines) {
    const [, tool, created, chain = created, rule] = /^(\w+)-save: (?::(\S+)|-A (\S+) (.*))/.exec(line) ?? [];
    const table = tables.find((one) => one === tool);
    if (!table || chain === undefined) throw new Error(`not a line of a save tool: ${line}`);
    const rules = chains.get(`${table} ${chain}`) ?? [];
    chains.set(`${table} ${chain}`, rules);
    if (rule !== undefined) rules.push(withNumbers(table, rule.trim(), names));
  }
  return chains;
}

/** Compares what a host's kernel has with what it must have. */
export class RuleComparison {
  readonly #port: FilterPort;
  readonly #names: ProtocolNames;
  readonly #filters = new Map<string, Filter>();

  private constructor(port: FilterPort, names: ProtocolNames) {
    this.#port = port;
    this.#names = names;
  }

  /** Of the filters that libvirt has now. */
  static async on(port: FilterPort): Promise<RuleComparison> {
    const files = ['/etc/ethertypes', '/etc/protocols'].map((file) => port.host.run('cat', [file]));
    const [ethertypes = '', protocols = ''] = await Promise.all(files);
    const comparison = new RuleComparison(port, readProtocolNames(ethertypes, protocols));
    for (const name of (await port.host.virsh('nwfilter-list')).trim().match(/\S+$/gm) ?? [])
      await comparison.learn(name);
    return comparison;
  }

  get names(): string[] {
    return [...this.#filters.keys()];
  }

  /** Takes note of a filter that was defined meanwhile. */
  async learn(name: string): Promise<void> {
    this.#filters.set(name, filterFromLibvirt(await this.#port.shown(name)));
  }

  /** @param lines all that the save tools say of the port while it has the filter */
  check(t: Test, filter: string, lines: readonly string[], given: Record<string, string[]> = {}): void {
    const parameters = Object.entries(given).flatMap(([name, values]) =>
      values.map((value) => ({ name, value })),
    );
    const wanted = kernelChains(this.#filters, filter, { ...this.#port.nic, parameters });
    const found = chainsIn(lines, this.#names);
    t.strictSame([...found.keys()].sort(), wanted.map((chain) => `${chain.table} ${chain.name}`).sort());
    for (const chain of wanted) {
      const name = `${chain.table} ${chain.name}`;
      const rules = found.get(name) ?? [];
      const texts = chain.rules.map(({ text }) => text);
      if (hasRules(chain, rules)) t.pass(`${name}: ${texts.length} rules`);
      else t.strictSame(rules, texts, name);
    }
  }
}
