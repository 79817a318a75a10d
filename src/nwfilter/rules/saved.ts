import { splitComment } from './comment.js';
import { sameForAll } from './icmpv6-names.js';
import type { AnyTable, KernelChain, KernelRule, Table } from './model.js';

/** Numbers by their names, in small letters, as the host's files give them to the save tools. */
export interface ProtocolNames {
  /** of /etc/ethertypes */
  frames: ReadonlyMap<string, number>;
  /** of /etc/protocols */
  packets: ReadonlyMap<string, number>;
}

function readNames(file: string, radix: number): Map<string, number> {
  const lines = file.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  return new Map(
    lines.flatMap(([name = '', number = '', ...aliases]) =>
      [name, ...aliases].map((one): [string, number] => [one.toLowerCase(), parseInt(number, radix)]),
    ),
  );
}

/** Reads the text of /etc/ethertypes and /etc/protocols. */
export const readProtocolNames = (ethertypes: string, protocols: string): ProtocolNames => ({
  frames: readNames(ethertypes, 16),
  packets: readNames(protocols, 10),
});

/** A rule of a save tool with numbers for the names of protocols, as this service writes its own. */
export function withNumbers(table: Table, rule: string, { frames, packets }: ProtocolNames): string {
  const [match, rest] = splitComment(rule);
  const option = table === 'ebtables' ? /(^| )(-p|--ip6?-proto) (! )?(\S+)/g : /(^| )(-p) (! )?(\S+)/;
  const numbered = match.replace(option, (all, space: string, name: string, not = '', value: string) => {
    const isFrame = table === 'ebtables' && name === '-p';
    const number = (isFrame ? frames : packets).get(value.toLowerCase()) ?? Number(value);
    if (Number.isNaN(number)) return all;
    return `${space}${name} ${not}${isFrame ? `0x${number.toString(16)}` : number}`;
  });
  const known =
    table === 'ebtables' ? numbered.replace(/(?<=--ip6-icmp-type (?:! )?)[^\s!]+/, sameForAll) : numbered;
  return known + rest;
}

/** A chain's rules where only what libvirt gives an order has one: those that are tied are in the alphabet's. */
function inKnownOrder(rules: readonly KernelRule[], texts: readonly string[]): string[] {
  const ordered = [...texts];
  for (let from = 0; from < rules.length; from++) {
    const tied = rules[from]?.tied;
    let to = from + 1;
    while (tied !== undefined && rules[to]?.tied === tied) to++;
    ordered.splice(from, to - from, ...ordered.slice(from, to).sort());
    from = to - 1;
  }
  return ordered;
}

/** Whether a chain of the kernel has the rules that it must have: the same, as many, in the same order. */
export function hasRules({ rules }: KernelChain<AnyTable>, found: readonly string[]): boolean {
  const [wanted, there] = [rules.map(({ text }) => text), found].map((texts) => inKnownOrder(rules, texts));
  return JSON.stringify(wanted) === JSON.stringify(there);
}
