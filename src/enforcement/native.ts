import type { Chains, SavedRule } from '../kernel/saved-rules.js';
import type { KernelSnapshot } from '../kernel/snapshot.js';
import { hookOf, nativeBases } from '../kernel/mend-native.js';
import type { KernelChain, NativeTable } from '../nwfilter/rules/model.js';
import { type Finding, finding } from './finding.js';

/** Whether a rule of nft's is for the frames of one other interface alone. */
function isForAnother(rule: string, port: string, direction: 'in' | 'out'): boolean {
  const [, key = '', name] = /^(?:meta )?([io]if(?:name)?) "([^"*]+)" /.exec(rule) ?? [];
  return key.startsWith(direction === 'out' ? 'i' : 'o') && name !== port;
}

/** Whether a frame of the port may be let through here, before it comes to the rules behind. */
function mayDecide(
  chains: Chains,
  port: string,
  direction: 'in' | 'out',
  { text }: SavedRule,
  jumped: readonly string[] = [],
): boolean {
  if (isForAnother(text, port, direction)) return false;
  const words = text.replace(/"[^"]*"/g, '').split(' ');
  if (words.some((word) => ['accept', 'goto', 'vmap', 'queue'].includes(word))) return true;
  // it ends the chain that was jumped to, and a base chain for good
  if (words.includes('return')) return jumped.length === 0;
  const at = words.indexOf('jump');
  const target = at < 0 ? undefined : words[at + 1];
  if (target === undefined) return false;
  if (jumped.includes(target)) return true;
  return (chains.get(target) ?? []).some((rule) =>
    mayDecide(chains, port, direction, rule, [...jumped, target]),
  );
}

/**
 * What is wrong with the way of a port's frames to its chains: through a base chain and an element of a map. An accept of a
 * base chain of another table is not the last word, so only this table's counts.
 */
export function wrongNativeEntry(
  { tables, native }: KernelSnapshot,
  port: string,
  { table, direction, rules }: KernelChain<NativeTable>,
): Finding[] {
  const state = native[table];
  if (!state) return [finding('jump-missing', `There is no table ${table} of the family bridge.`)];
  if (state.dormant) return [finding('jump-missing', `The table ${table} is switched off.`)];
  const base = nativeBases[direction];
  const where = `the chain ${base.chain} of ${table}`;
  const hook = state.hooks.get(base.chain);
  const wanted = hookOf(table, base);
  if (hook !== wanted) {
    const detail = `It is “${hook ?? 'nothing'}” that ${where} hangs on, and must be “${wanted}”.`;
    return [finding('jump-missing', detail)];
  }
  const found = tables[table].get(base.chain) ?? [];
  const at = found.findIndex(({ text }) => text === base.rule);
  if (at < 0) return [finding('jump-missing', `No rule "${base.rule}" is in ${where}.`)];
  const ahead = found
    .slice(0, at)
    .filter((rule) => mayDecide(tables[table], port, direction, rule))
    .map(({ text }) =>
      finding('rule-ahead', `The rule "${text}" in ${where} stands before the filter of ${port}.`),
    );
  const verdict = state.maps.get(base.map)?.get(port);
  const missing = rules
    .filter(({ to }) => verdict !== `jump ${to}`)
    .map(({ to }) => {
      const detail = `The map ${base.map} of ${table} has "${verdict ?? 'nothing'}" for ${port}, and must have "jump ${to}".`;
      return finding('jump-missing', detail);
    });
  return [...ahead, ...missing];
}
