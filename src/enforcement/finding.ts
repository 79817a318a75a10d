/** Each disagreement that a verdict can name, with what would mend it. */
export const findingRemedies = {
  'filter-missing': 'repair gives the NIC the filter of its definition',
  'filter-differs': 'repair gives the NIC the filter and parameters of its definition',
  'policy-differs':
    'repair on demand, a change of the NIC, or a restart of the VM gives it the filters of the policy; PATCH it with filters [] and trust if it is to have none',
  'parameter-overrides-mac': 'take the parameter MAC off the NIC',
  'address-learned': 'give the NIC the parameter IP: libvirt believes the first address that the guest uses',
  'filter-undefined': 'define the filter, then repair',
  'filter-changed': 'repair defines the filter as this service ships it',
  'rules-impossible': 'correct the filter or the parameters of the NIC',
  'binding-missing': 'repair makes the binding anew',
  'binding-differs': 'repair makes the binding anew',
  'jump-missing': 'repair makes the rules anew',
  'rule-ahead': "repair puts the NIC's rules before the other; remove the other where it is not needed",
  'chain-missing': 'repair makes the rules anew',
  'chain-differs': 'repair makes the rules anew',
  'chain-strange': 'repair removes the chain',
  'backend-leftover': 'repair removes what another backend has left of the port',
  'chain-unfinished': 'repair removes what libvirt has left half built and makes the rules anew',
  'guard-missing': 'repair puts the guard back',
  'guard-differs': 'repair puts the guard back',
  'guard-impossible': 'give the tap a name of letters, digits, dots and dashes alone',
  'ingress-foreign':
    'remove the chain of others at the ingress of the tap: it sends frames past the filters, or rewrites them',
  'rules-inert':
    'set net.bridge.bridge-nf-call-iptables and bridge-nf-call-ip6tables to 1: IP rules see no bridged packet',
  'port-unbridged': 'put the tap back into its bridge: the rules see nothing elsewhere',
  'port-closed': 'repair opens the NIC once its filter is seen in the kernel',
  'guard-orphaned': 'repair removes the guard',
  'binding-orphaned': 'repair removes the binding',
  'chain-orphaned': 'repair removes the chains',
  'tap-orphaned':
    'repair removes the tap, and has the VM’s QEMU give it up; where another process has it open, end that',
  'bridge-forgets': 'give the bridge an ageing time',
  'kernel-unreadable': 'see that the service may read the rules of the kernel',
} as const satisfies Record<string, string>;

export type FindingCode = keyof typeof findingRemedies;

/** What a repair cannot put right: it is the host's, or a person's to decide. */
const notMendable: ReadonlySet<string> = new Set<FindingCode>([
  'policy-differs',
  'parameter-overrides-mac',
  'address-learned',
  'filter-undefined',
  'rules-impossible',
  'guard-impossible',
  'ingress-foreign',
  'rules-inert',
  'port-unbridged',
  'bridge-forgets',
  'kernel-unreadable',
]);

/** What the service puts right by itself. */
export const isMendable = ({ code }: { code: string }): boolean => !notMendable.has(code);

/** What it puts right when a person wants it: what only the policy wants, too. */
export const isMendableOnDemand = (found: { code: string }): boolean =>
  found.code === 'policy-differs' || isMendable(found);

/** Something that is not as it should be. */
export interface Finding {
  code: FindingCode;
  /** A sentence: what was found and where. */
  detail: string;
  /** What would mend it. */
  remedy: string;
}

export const finding = (code: FindingCode, detail: string): Finding => ({
  code,
  detail,
  remedy: findingRemedies[code],
});
