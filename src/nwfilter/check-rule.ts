import { checkValues } from './check-values.js';
import type { Attributes, FilterRule } from './model.js';
import type { Protocol } from './protocols.js';

/** Where in a rule something is wrong: a member, and within match or notMatch an attribute. */
export type RulePlace = ['match' | 'notMatch', string] | ['match' | 'notMatch' | 'comment' | 'statematch'];
export type Report = (place: RulePlace, message: string) => void;

/** libvirt cuts longer ones off, bytes. */
const longestComment = 256;
/** Control characters, and what XML cannot hold. */
// eslint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f\ufffe\uffff]|\p{Surrogate}/u;

/** libvirt's check against its schema takes several times as long with each attribute: 15 ms with 12, 14 s with 18, and blocks all filters. */
const mostOfStp = 12;

const beginnings: readonly [RegExp, string][] = [
  [/^(.*)-mask$/, '$1'],
  [/^(.*mac)mask$/, '$1addr'],
  [/^(.*ip)mask$/, '$1addr'],
  [/^(.*ip)to$/, '$1from'],
  [/^(.*port)end$/, '$1start'],
  [/^(.*)-hi$/, '$1'],
  [/^ipsetflags$/, 'ipset'],
  [/^ipset$/, 'ipsetflags'],
];

/** The attribute without which libvirt ignores this one. */
function neededBy(protocol: Protocol, name: string): string | undefined {
  if (name === 'code' && protocol.startsWith('icmp')) return 'type';
  const [pattern, replacement] = beginnings.find(([one]) => one.test(name)) ?? [];
  return pattern && name.replace(pattern, replacement ?? '');
}

const withPorts: ReadonlySet<Protocol> = new Set(['tcp', 'udp', 'sctp', 'tcp-ipv6', 'udp-ipv6', 'sctp-ipv6']);

/** The attribute whose sign libvirt gives this one: without it, "is not" silently becomes "is". */
const signGivenBy = (protocol: Protocol, name: string): string | undefined =>
  name.startsWith('dstport') && withPorts.has(protocol) ? 'srcportstart' : undefined;

const portProtocols: readonly unknown[] = ['tcp', 'udp', 'sctp', 6, 17, 33, 132];
const icmpProtocols: readonly unknown[] = ['icmpv6', 58];

/** In rules of IP as such, what belongs to a protocol on top of it needs that protocol beside it. */
function checkProtocol(
  protocol: Protocol,
  place: 'match' | 'notMatch',
  name: string,
  attributes: Attributes,
  report: Report,
): void {
  if (protocol !== 'ip' && protocol !== 'ipv6') return;
  const isPort = /port(start|end)$/.test(name);
  const isIcmp = /^(type|code)(end)?$/.test(name);
  if (!isPort && !isIcmp) return;
  if (place === 'notMatch')
    report(
      [place, name],
      'cannot be negated here: the protocol would be, too, and ebtables takes no such rule',
    );
  else if (isPort && !portProtocols.includes(attributes.protocol))
    report([place, name], 'needs protocol tcp, udp, sctp or 33 (DCCP) beside it');
  else if (isIcmp && !icmpProtocols.includes(attributes.protocol))
    report([place, name], 'needs protocol icmpv6 beside it');
}

function checkAttributes(
  protocol: Protocol,
  place: 'match' | 'notMatch',
  attributes: Attributes,
  report: Report,
): void {
  const names = Object.keys(attributes);
  if (protocol === 'stp' && names.length > mostOfStp)
    report([place], `must have at most ${mostOfStp} attributes: libvirt would check more for minutes`);
  for (const name of names) {
    const needed = neededBy(protocol, name);
    if (needed !== undefined && !(needed in attributes)) {
      report([place, name], `needs ${needed} beside it: libvirt would ignore it`);
      continue;
    }
    const sign = place === 'notMatch' ? signGivenBy(protocol, name) : undefined;
    if (sign !== undefined && !(sign in attributes)) {
      report([place, name], `needs ${sign} beside it: libvirt would take it for what must match`);
    }
    checkProtocol(protocol, place, name, attributes, report);
  }
  checkValues(protocol, place, attributes, report);
}

function checkComment(comment: string, report: Report): void {
  if (comment === '' || Buffer.byteLength(comment) > longestComment) {
    report(['comment'], `must have from 1 to ${longestComment} bytes`);
  } else if (unprintable.test(comment)) report(['comment'], 'must not have control characters');
  else if (comment.startsWith('$'))
    report(['comment'], 'must not begin with $: libvirt takes that for a variable');
}

/** Finds what libvirt would take, and then do something else than the rule says. */
export function checkRule(rule: FilterRule, report: Report): void {
  const { protocol, match = {}, notMatch = {}, comment } = rule;
  if (comment !== undefined) checkComment(comment, report);
  if (protocol === 'none') {
    if (comment !== undefined) report(['comment'], 'needs a protocol: libvirt keeps it there');
    return;
  }
  checkAttributes(protocol, 'match', match, report);
  checkAttributes(protocol, 'notMatch', notMatch, report);
  if (Object.keys(match).length > 0 && Object.keys(notMatch).length > 0) {
    report(['notMatch'], 'cannot be beside match: libvirt takes one of them in a rule');
  }
  if (rule.notMatch && Object.keys(notMatch).length === 0) {
    report(['notMatch'], 'must have an attribute: libvirt would match everything');
  }
}

/** libvirt takes these and ignores them. */
const ignored: ReadonlyMap<string, string> = new Map([
  ['ipset', 'is ignored by libvirt here: use it with protocol all'],
  ['ipsetflags', 'is ignored by libvirt here: use it with protocol all'],
  ['flags', 'is ignored by libvirt here'],
]);

/** What to say of an attribute that a protocol's rules cannot have. */
export const whyUnknown = (protocol: Protocol, name: string): string =>
  ignored.get(name) ?? `is no attribute of ${protocol}`;
