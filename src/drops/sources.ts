import type { FoundGuard } from '../guard/listing.js';
import type { OwnedChain } from '../kernel/owned-chains.js';
import { ruleVerdict } from '../kernel/rule-verdict.js';
import type { SavedRule } from '../kernel/saved-rules.js';
import type { KernelState } from '../kernel/state.js';
import { isNative } from '../nwfilter/rules/model.js';
import { type GuardClass, guardClasses } from '../guard/rule.js';

/** What a frame lied about that was dropped: the classes of the guard, and `other` for rules of filters of one's own. */
export const dropClasses = [
  ...guardClasses.filter((one): one is Exclude<GuardClass, 'pass'> => one !== 'pass'),
  'other',
] as const;
export type DropClass = (typeof dropClasses)[number];

/** A rule that drops, with what it has counted since it was made. */
export interface DropSource {
  /** Which of the NIC's rules it is. */
  id: string;
  class: DropClass;
  packets: number;
}

/** Chains of libvirt's for what a guest sends, by how their own part of the name begins. */
const chainClasses: readonly [RegExp, DropClass][] = [
  [/^libvirt-|^[FH]I-/, 'other'],
  [/^mac/, 'mac'],
  [/^arp/, 'arp'],
  [/^rarp/, 'rarp'],
  [/^ipv[46]/, 'ip'],
  [/^vlan/, 'tag'],
];

/** Only what goes out of the guest is forged by it. */
const isFromGuest = ({ table, chain }: OwnedChain): boolean =>
  isNative(table) ? chain.endsWith('-out') : /^(libvirt-I|[FH]?I)-/.test(chain);

const drops = ({ table }: OwnedChain, { text }: SavedRule): boolean =>
  ['drop', 'reject'].includes(ruleVerdict(table, text));

function classOf({ table, chain }: OwnedChain, port: string): DropClass {
  const prefix = isNative(table) ? `${port}-` : `I-${port}-`;
  const own = chain.startsWith(prefix) ? chain.slice(prefix.length) : chain;
  return chainClasses.find(([pattern]) => pattern.test(own))?.[1] ?? 'other';
}

const isDropClass = (one: string | undefined): one is DropClass =>
  (dropClasses as readonly (string | undefined)[]).includes(one);

/** Identical rules of one chain are told apart by their order. */
function numbered(sources: DropSource[]): DropSource[] {
  const seen = new Map<string, number>();
  return sources.map((source) => {
    const before = seen.get(source.id) ?? 0;
    seen.set(source.id, before + 1);
    return { ...source, id: `${source.id} ${before}` };
  });
}

/** Whether rules of libvirt's that drop what a port's guest sends do not count it. */
export const hasUncounted = (
  port: string,
  { kernel, owned }: Pick<KernelState, 'kernel' | 'owned'>,
): boolean =>
  (owned.get(port) ?? [])
    .filter(isFromGuest)
    .some((one) =>
      (kernel.tables[one.table].get(one.chain) ?? []).some(
        (rule) => drops(one, rule) && rule.packets === undefined,
      ),
    );

/** The rules that drop what a port's guest sends. What the guard drops no rule of libvirt's sees: nothing is counted twice. */
export function dropSources(
  port: string,
  { kernel, owned }: Pick<KernelState, 'kernel' | 'owned'>,
  guard: FoundGuard | undefined,
): DropSource[] {
  const guarded = (guard?.rules ?? []).flatMap(({ handle, class: kind, packets }): DropSource[] =>
    isDropClass(kind) && packets !== undefined ? [{ id: `guard ${handle}`, class: kind, packets }] : [],
  );
  const filtered = (owned.get(port) ?? [])
    .filter(isFromGuest)
    .flatMap((one) =>
      (kernel.tables[one.table].get(one.chain) ?? [])
        .filter((rule) => drops(one, rule))
        .flatMap(({ text, packets }): DropSource[] =>
          packets === undefined
            ? []
            : [{ id: `${one.table} ${one.chain} ${text}`, class: classOf(one, port), packets }],
        ),
    );
  return numbered([...guarded, ...filtered]);
}
