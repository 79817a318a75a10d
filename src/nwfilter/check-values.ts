import type { Report, RulePlace } from './check-rule.js';
import type { Attributes } from './model.js';
import type { Protocol } from './protocols.js';
import type { TcpFlags } from './values.js';

/** Each attribute that ends a range, and the one that begins it. */
const ranges: readonly [RegExp, string][] = [
  [/^(.*port)end$/, '$1start'],
  [/^(type|code)end$/, '$1'],
  [/^(.*)-hi$/, '$1'],
];
const highestPort = 65535;

function checkRange(place: 'match' | 'notMatch', name: string, attributes: Attributes, report: Report): void {
  const [pattern, replacement] = ranges.find(([one]) => one.test(name)) ?? [];
  const begin = pattern && attributes[name.replace(pattern, replacement ?? '')];
  const end = attributes[name];
  if (typeof begin !== 'number' || typeof end !== 'number') return;
  const at: RulePlace = [place, name];
  if (end < begin)
    report(at, `must be ${begin} or more, where the range begins: no NIC could have the filter`);
  else if (place === 'notMatch' && name.endsWith('portend') && begin === 0 && end === highestPort)
    report(at, 'cannot be negated with all ports: iptables would match every packet');
}

/** Finds values that each are sound, and that the kernel's tools read otherwise than the rule says. */
export function checkValues(
  protocol: Protocol,
  place: 'match' | 'notMatch',
  attributes: Attributes,
  report: Report,
): void {
  for (const name of Object.keys(attributes)) checkRange(place, name, attributes, report);
  if (protocol === 'vlan' && attributes['encap-protocol'] === 'ipv4')
    report([place, 'encap-protocol'], 'cannot be ipv4: ebtables reads what libvirt says of it as 0x2048');
  const flags = protocol === 'tcp' ? (attributes.flags as TcpFlags | undefined) : undefined;
  if (place === 'notMatch' && flags?.mask.length === 0 && flags.set.length === 0)
    report([place, 'flags'], 'cannot be negated with no flag: iptables would match every packet');
}
