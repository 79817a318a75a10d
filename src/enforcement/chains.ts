import type { Spelling } from '../kernel/nft-spelling.js';
import type { Chains, SavedRule } from '../kernel/saved-rules.js';
import type { KernelSnapshot } from '../kernel/snapshot.js';
import { isNative, type KernelChain, type NativeTable } from '../nwfilter/rules/model.js';
import { hasRules } from '../nwfilter/rules/saved.js';
import { orderOf, rulesAhead, type Way } from './ahead.js';
import { type Finding, finding } from './finding.js';
import { wrongNativeEntry } from './native.js';
import type { OwnedChain } from '../kernel/owned-chains.js';

/** The tables' own chains, which lead into those of libvirt that are not a NIC's, in this order. */
export const ledFrom: Readonly<Record<string, string>> = {
  'libvirt-in': 'FORWARD',
  'libvirt-out': 'FORWARD',
  'libvirt-in-post': 'FORWARD',
  'libvirt-host-in': 'INPUT',
};

const textsOf = (rules: readonly SavedRule[]): string => rules.map(({ text }) => text).join('; ');

/** What is wrong with the way into a chain: the rule that leads there is not there, or another decides before it. */
export function wrongEntry(way: Way, chain: string, entry: string): Finding[] {
  const order = orderOf(way, way.chains.get(chain) ?? []);
  const at = order.placeOf(entry);
  if (at < 0) {
    const detail = `No rule "${entry}" leads frames of ${way.port} from the chain ${chain} of ${way.table} to their filter.`;
    return [finding('jump-missing', detail)];
  }
  return rulesAhead(way, order.before(at, way.port)).map(({ text }) =>
    finding(
      'rule-ahead',
      `The rule "${text}" in the chain ${chain} of ${way.table} stands before the filter of ${way.port}.`,
    ),
  );
}

/** Rules that lead from the table's own chain to this one of libvirt's, through others of libvirt's alone. */
export function wrongBase(way: Way, name: string): Finding[] {
  const base = ledFrom[name];
  if (base === undefined) return [];
  const rules = way.chains.get(base) ?? [];
  const at = rules.findIndex(({ text }) => text === `-j ${name}`);
  if (at < 0) {
    const detail = `No rule leads from the chain ${base} of ${way.table} to ${name}.`;
    return [finding('jump-missing', detail)];
  }
  const order = Object.keys(ledFrom);
  const rightly = order.slice(0, order.indexOf(name)).map((one) => `-j ${one}`);
  const before = rules.slice(0, at).filter(({ text }) => !rightly.includes(text));
  return rulesAhead(way, before).map(({ text }) =>
    finding('rule-ahead', `The rule "${text}" in the chain ${base} of ${way.table} stands before ${name}.`),
  );
}

function wrongOwn(chains: Chains, wanted: WantedChain): Finding[] {
  const found = chains.get(wanted.name);
  const where = `${wanted.name} of ${wanted.table}`;
  if (!found) return [finding('chain-missing', `The chain ${where} is not there.`)];
  const texts = found.map(({ text }) => text);
  if (hasRules(wanted, texts)) return [];
  const detail = `The chain ${where} has "${textsOf(found)}", and must have "${wanted.rules.map(({ text }) => text).join('; ')}".`;
  return [finding('chain-differs', detail)];
}

/** What a port has of a backend that is not the one by which libvirt makes its rules. */
function leftover(port: string, native: boolean, owned: readonly OwnedChain[]): Finding[] {
  const left = owned.filter(({ table }) => isNative(table) !== native);
  if (left.length === 0) return [];
  const names = left.map(({ table, chain }) => `${chain} of ${table}`).join(', ');
  const backend = native ? 'nftables' : 'ebtables and iptables';
  const detail = `libvirt makes the rules of ${port} with ${backend}, and the kernel also has ${names}.`;
  return [finding('backend-leftover', detail)];
}

/** Chains that a port has and its filter does not give. */
function strange(
  port: string,
  native: boolean,
  wanted: readonly WantedChain[],
  owned: readonly OwnedChain[],
): Finding[] {
  const known = new Set(wanted.map(({ table, name }) => `${table} ${name}`));
  return owned
    .filter(({ table }) => isNative(table) === native)
    .filter(({ table, chain }) => !known.has(`${table} ${chain}`))
    .map(({ table, chain, unfinished }) =>
      unfinished
        ? finding('chain-unfinished', `libvirt has left the chain ${chain} of ${table} half built.`)
        : finding(
            'chain-strange',
            `The chain ${chain} of ${table} is none of those that the filter of ${port} gives.`,
          ),
    );
}

/**
 * What is not in the kernel as a filter gives it: each chain, each rule, the way to them, and nothing beside.
 * @param owned the chains that the port has
 */
export function wrongChains(
  kernel: KernelSnapshot,
  port: string,
  wanted: readonly WantedChain[],
  owned: readonly OwnedChain[],
): Finding[] {
  const wrong = wanted.flatMap((chain) => {
    const { table, name, direction, rules } = chain;
    if (chain.own) return wrongOwn(kernel.tables[table], chain);
    if (!isSavedChain(chain)) return wrongNativeEntry(kernel, port, chain);
    const way: Way = { chains: kernel.tables[chain.table], table: chain.table, port, direction };
    return [...wrongBase(way, name), ...rules.flatMap(({ text }) => wrongEntry(way, name, text))];
  });
  const native = wanted.some(({ table }) => isNative(table));
  const off = kernel.dormant
    .filter((table) => wanted.some((chain) => chain.table === table))
    .map((table) => finding('jump-missing', `The table of ${table} is switched off: its rules see nothing.`));
  return [...off, ...wrong, ...strange(port, native, wanted, owned), ...leftover(port, native, owned)];
}

/** A chain of the tables that the save tools read, or of a native one. */
export type WantedChain = KernelChain | KernelChain<NativeTable>;
export const isSavedChain = (chain: WantedChain): chain is KernelChain => !isNative(chain.table);

/** A chain of a native table with its rules as nft lists them, where that is known. */
export const spelledChain = (chain: WantedChain, spelling: Spelling): WantedChain =>
  isSavedChain(chain) || !chain.own
    ? chain
    : {
        ...chain,
        rules: chain.rules.map((rule) => ({ ...rule, text: spelling.get(rule.text) ?? rule.text })),
      };
