import { Problem } from '../errors.js';
import { type ProtocolNames, withNumbers } from '../nwfilter/rules/saved.js';
import type { Table } from '../nwfilter/rules/model.js';

/** A rule as the kernel has it now. */
export interface SavedRule {
  /** As the save tools write it, but for the protocols: those are numbers. In native tables, as nft lists it. */
  text: string;
  /** What has matched it since it was made; absent where it does not count. */
  packets?: number;
  bytes?: number;
  /** What nft knows it by. */
  handle?: string;
}

/** A rule without what stands in quotes, such as comments: they may say anything. */
export const unquoted = (rule: string): string => rule.replace(/"(?:[^"\\]|\\.)*"/g, '""');

/** The chains of one of the kernel's tables, each a list of rules in order. */
export type Chains = ReadonlyMap<string, readonly SavedRule[]>;

/** Old ebtables leaves out leading zeros in MAC addresses. */
const fullMac = (text: string): string =>
  text.replace(/\b[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\b/gi, (mac) =>
    mac
      .split(':')
      .map((octet) => octet.padStart(2, '0').toLowerCase())
      .join(':'),
  );

/** `[1:2] -A chain rule`; old ebtables writes the counters at the end, as `-c 1 2`. */
const line = /^(?:\[(\d+):(\d+)\] )?-A (\S+) (.*?)(?: -c (\d+) (\d+))?$/;

/**
 * Reads the form that the save tools write.
 * @param kept the one table of the kernel that is wanted, such as `nat`
 * @throws Problem kernel-unreadable when it is left out
 */
export function parseSaved(tool: Table, kept: string, text: string, names: ProtocolNames): Chains {
  // it leaves a table out that has a rule of nft's own in it, and ends well
  if (new RegExp(`^# Table .${kept}' is incompatible`, 'm').test(text))
    throw new Problem(
      'kernel-unreadable',
      `Somebody has put a rule of nft's own into the table ${kept} of ${tool}: ${tool}-save cannot list it.`,
    );
  const chains = new Map<string, SavedRule[]>();
  let table = '';
  for (const row of text.split('\n')) {
    if (row.startsWith('*')) table = row.slice(1).trim();
    if (table !== kept) continue;
    const chain = /^:(\S+)/.exec(row)?.[1];
    if (chain !== undefined) chains.set(chain, []);
    const [, packets, bytes, name = '', rule = '', oldPackets, oldBytes] = line.exec(row.trim()) ?? [];
    const whole = withNumbers(tool, tool === 'ebtables' ? fullMac(rule) : rule, names);
    chains.get(name)?.push({
      text: whole,
      packets: Number(packets ?? oldPackets ?? 0),
      bytes: Number(bytes ?? oldBytes ?? 0),
    });
  }
  return chains;
}
