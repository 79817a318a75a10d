import type { FilterRule } from '../model.js';

/** Whose rules these are: frames that a bridge carries, or IPv4 and IPv6 packets in them. */
export const tables = ['ebtables', 'iptables', 'ip6tables'] as const;
export type Table = (typeof tables)[number];

/** The tables of libvirt's own backend for nftables: rules for frames, and for packets in them. */
export const nativeTables = ['libvirt_nwfilter_ethernet', 'libvirt_nwfilter_inet'] as const;
export type NativeTable = (typeof nativeTables)[number];
export type AnyTable = Table | NativeTable;
export const isNative = (table: AnyTable): table is NativeTable =>
  (nativeTables as readonly string[]).includes(table);

/** What becomes of a frame that a rule matches. */
export const verdicts = ['accept', 'drop', 'reject', 'return', 'continue', 'jump', 'goto'] as const;
export type Verdict = (typeof verdicts)[number];

/** The filter's rule that a rule of the kernel was made of. */
export interface RuleSource {
  /** The filters that refer to one another down to the one that has the rule, which is the last. */
  path: readonly string[];
  rule: FilterRule;
}

/** A rule of the kernel, without its chain. */
export interface KernelRule {
  /** As the save tools write it, but for the protocols: those are numbers. In native tables, as libvirt hands it to nft. */
  text: string;
  verdict: Verdict;
  /** Where a jump goes to. */
  to?: string;
  /** Absent where libvirt adds the rule itself. */
  source?: RuleSource;
  /**
   * The priority that the chain it leads to shares with others. Among the rules that lead there it may stand anywhere: libvirt
   * orders them by a hash whose seed is new whenever its daemon starts.
   */
  tied?: number;
}

export interface KernelChain<T extends AnyTable = Table> {
  table: T;
  name: string;
  /** of the guest's frames: out of it, or in */
  direction: 'out' | 'in';
  /** Absent for a chain that is not the NIC's own: then these are the NIC's rules in it. */
  own?: true;
  rules: KernelRule[];
}

/** What of a NIC goes into its rules. */
export interface FilteredNic {
  /** Its tap. */
  port: string;
  mac: string;
  parameters: readonly { name: string; value: string }[];
}

/** Why there can be no rules: libvirt would fail, too. */
export class RulesError extends Error {
  /** The variable that is to blame, if it is one. */
  readonly variable: string | undefined;

  constructor(message: string, variable?: string) {
    super(message);
    this.name = 'RulesError';
    this.variable = variable;
  }
}
