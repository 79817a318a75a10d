import type { KernelFacts } from '../enforcement/kernel.js';
import type { FoundGuard } from '../guard/listing.js';
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
const isFromGuest = (chain: string): boolean => /^(libvirt-I|[FH]?I)-/.test(chain);

function classOf(chain: string, port: string): DropClass {
  const own = chain.startsWith(`I-${port}-`) ? chain.slice(`I-${port}-`.length) : chain;
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

/** The rules that drop what a port's guest sends. What the guard drops no rule of libvirt's sees: nothing is counted twice. */
export function dropSources(
  port: string,
  { kernel, owned }: KernelFacts,
  guard: FoundGuard | undefined,
): DropSource[] {
  const guarded = (guard?.rules ?? []).flatMap(({ handle, class: kind, packets }): DropSource[] =>
    isDropClass(kind) && packets !== undefined ? [{ id: `guard ${handle}`, class: kind, packets }] : [],
  );
  const filtered = (owned.get(port) ?? [])
    .filter(({ chain }) => isFromGuest(chain))
    .flatMap(({ table, chain }) =>
      (kernel.tables[table].get(chain) ?? [])
        .filter(({ text }) => /(^| )-j (DROP|REJECT)( |$)/.test(text))
        .map(({ text, packets }): DropSource => ({
          id: `${table} ${chain} ${text}`,
          class: classOf(chain, port),
          packets,
        })),
    );
  return numbered([...guarded, ...filtered]);
}
