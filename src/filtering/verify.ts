import type { DomainInterface } from '../xml/domain.js';
import type { FilterDescription } from '../xml/nwfilter.js';
import type { FilterCatalog } from './catalog.js';
import type { KernelRules } from '../kernel/bridge-rules.js';
import { defaultFilter } from './policy.js';

/** The chains, in full, that libvirt makes of vdsm-no-mac-spoofing for one tap. */
function defaultChains(tap: string, mac: string): Record<string, string[]> {
  return {
    [`libvirt-I-${tap}`]: [`-j I-${tap}-mac`, `-p ARP -j I-${tap}-arp-mac`],
    [`I-${tap}-mac`]: [`-s ${mac} -j RETURN`, '-j DROP'],
    [`I-${tap}-arp-mac`]: [`-p ARP --arp-mac-src ${mac} -j RETURN`, '-j DROP'],
  };
}

/** Protocols whose rules libvirt puts into the bridge's tables; the others are iptables'. */
const bridgeProtocols: ReadonlySet<string> = new Set(['mac', 'vlan', 'stp', 'arp', 'rarp', 'ip', 'ipv6']);
/** From the guest, and to the guest: libvirt's letters and directions. */
const directions = [
  { letter: 'I', built: ['out', 'inout'], hook: 'PREROUTING', option: '-i' },
  { letter: 'O', built: ['in', 'inout'], hook: 'POSTROUTING', option: '-o' },
] as const;

/** The one interface that a rule is for, when it is for one alone: no negation (`! -i`, `-i !`), no wildcard. */
const onlyInterface = (rule: string, option: string): string | undefined =>
  new RegExp(`^${option} ([^\\s!+]+) `).exec(rule)?.[1];

/** What is wrong with the way of frames into the tap's chains: the jump is there, nothing decides before it. */
function wrongJump(rules: KernelRules, tap: string, direction: (typeof directions)[number]): string[] {
  const { letter, hook, option } = direction;
  const jump = `${option} ${tap} -j libvirt-${letter}-${tap}`;
  const chain = rules.get(hook) ?? [];
  if (!chain.includes(jump)) return [`no rule leads frames of ${tap} from ${hook} to its filter`];
  return chain
    .slice(0, chain.indexOf(jump))
    .filter((rule) => [undefined, tap].includes(onlyInterface(rule, option)))
    .map((rule) => `the rule "${rule}" stands before the filter of ${tap}`);
}

/** Where the default filter is, every chain must be to the letter what it gives. */
function wrongDefault(rules: KernelRules, tap: string, mac: string): string[] {
  return Object.entries(defaultChains(tap, mac)).flatMap(([chain, expected]) => {
    const found = rules.get(chain);
    if (found && JSON.stringify(found) === JSON.stringify(expected)) return [];
    return [`the chain ${chain} is ${found ? `"${found.join('; ')}"` : 'not there'}`];
  });
}

/** How many rules each chain of the filters' tree must at the least have in one direction. */
function leastRules(filters: readonly FilterDescription[], built: readonly string[]): Map<string, number> {
  const least = new Map<string, number>();
  for (const { chain, entries } of filters) {
    const count = entries.filter(
      (entry) => !('ref' in entry) && bridgeProtocols.has(entry.protocol) && built.includes(entry.direction),
    ).length;
    if (count > 0) least.set(chain, (least.get(chain) ?? 0) + count);
  }
  return least;
}

/** Any other filter: the chains of its tree are there, are reached, and have at least a rule for each of theirs. */
function wrongTree(rules: KernelRules, tap: string, filters: readonly FilterDescription[]): string[] {
  return directions.flatMap((direction) => {
    const { letter, built } = direction;
    const least = leastRules(filters, built);
    if (least.size === 0) return [];
    const root = rules.get(`libvirt-${letter}-${tap}`) ?? [];
    // where the filters have no rules of their own in the root, whatever is no jump decides before them
    const strange = least.has('root') ? [] : root.filter((rule) => !rule.includes(`-j ${letter}-${tap}-`));
    const wrong = [...least].flatMap(([chain, count]) => {
      const name = chain === 'root' ? `libvirt-${letter}-${tap}` : `${letter}-${tap}-${chain}`;
      const found = rules.get(name)?.length ?? 0;
      const reached = chain === 'root' || root.some((rule) => rule.endsWith(`-j ${name}`));
      return reached && found >= count ? [] : [`the chain ${name} is not there, not whole or not reached`];
    });
    const ahead = strange.map((rule) => `the rule "${rule}" stands among those of ${tap}`);
    return [...wrongJump(rules, tap, direction), ...ahead, ...wrong];
  });
}

/**
 * What is wrong with a running NIC's rules in the kernel, when it is to have this filter: each finding a sentence, none
 * when it is in force. libvirt's word and the XML do not prove it.
 */
export function findUnenforced(
  nic: DomainInterface,
  wanted: string,
  catalog: FilterCatalog,
  rules: KernelRules,
): string[] {
  const tap = nic.target;
  if (tap === undefined) return [`NIC ${nic.mac} has no tap device`];
  if (nic.filter !== wanted) return [`NIC ${nic.mac} has ${nic.filter ?? 'no filter'}, not ${wanted}`];
  if (wanted === defaultFilter) {
    return [...wrongJump(rules, tap, directions[0]), ...wrongDefault(rules, tap, nic.mac.toLowerCase())];
  }
  const { filters, missing } = catalog.tree([wanted]);
  if (missing.length > 0) return [`libvirt has no filter ${missing.join(', ')}, which NIC ${nic.mac} needs`];
  return wrongTree(rules, tap, filters);
}
