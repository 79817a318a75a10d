import type { DomainInterface } from '../xml/domain.js';
import type { KernelRules } from './kernel.js';
import { defaultFilter } from './policy.js';

/** The chains, in full, that libvirt makes of vdsm-no-mac-spoofing for one tap. */
function expectedChains(tap: string, mac: string): Record<string, string[]> {
  return {
    [`libvirt-I-${tap}`]: [`-j I-${tap}-mac`, `-p ARP -j I-${tap}-arp-mac`],
    [`I-${tap}-mac`]: [`-s ${mac} -j RETURN`, '-j DROP'],
    [`I-${tap}-arp-mac`]: [`-p ARP --arp-mac-src ${mac} -j RETURN`, '-j DROP'],
  };
}

/** The one interface that a rule is for, when it is for one alone: no negation (`! -i`, `-i !`), no wildcard. */
const onlyInterface = (rule: string): string | undefined => /^-i ([^\s!+]+) /.exec(rule)?.[1];

/** Rules of PREROUTING that stand before the tap's jump and are not plainly another interface's. */
function rulesAhead(prerouting: readonly string[], tap: string, jump: string): string[] {
  return prerouting
    .slice(0, prerouting.indexOf(jump))
    .filter((rule) => [undefined, tap].includes(onlyInterface(rule)));
}

/**
 * What is wrong with a running NIC's rules in the kernel: each finding a sentence, none when the filter is in force.
 * Every chain must be to the letter what the filter gives: the XML and libvirt's word do not prove it.
 */
export function findUnenforced(nic: DomainInterface, rules: KernelRules): string[] {
  const tap = nic.target;
  if (tap === undefined) return [`NIC ${nic.mac} has no tap device`];
  if (nic.filter !== defaultFilter) {
    return [
      `NIC ${nic.mac} has ${nic.filter === undefined ? 'no filter' : `the filter ${nic.filter}`}, not ${defaultFilter}`,
    ];
  }
  const jump = `-i ${tap} -j libvirt-I-${tap}`;
  const prerouting = rules.get('PREROUTING') ?? [];
  if (!prerouting.includes(jump)) return [`no rule leads frames from ${tap} to its filter`];
  const ahead = rulesAhead(prerouting, tap, jump).map(
    (rule) => `the rule "${rule}" stands before the filter of ${tap}`,
  );
  const wrong = Object.entries(expectedChains(tap, nic.mac.toLowerCase())).flatMap(([chain, expected]) => {
    const found = rules.get(chain);
    if (found && JSON.stringify(found) === JSON.stringify(expected)) return [];
    return [`the chain ${chain} is ${found ? `"${found.join('; ')}"` : 'not there'}`];
  });
  return [...ahead, ...wrong];
}
