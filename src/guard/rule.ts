/** What a rule is there for: `pass` lets through what is right, all others drop a kind of lie. */
export const guardClasses = [
  'pass',
  'mac',
  'tag',
  'snap',
  'type',
  'arp',
  'rarp',
  'ip',
  'nd',
  'router',
  'dhcp',
] as const;
export type GuardClass = (typeof guardClasses)[number];

/** A rule of the guard: nft's text, which counts and has the class as its comment. */
export interface GuardRule {
  class: GuardClass;
  text: string;
}

const rule = (verdict: 'accept' | 'drop', kind: GuardClass, match: string): GuardRule => ({
  class: kind,
  text: `${match} counter ${verdict} comment "${kind}"`,
});

/** Nothing after it in the guard is asked of what matches. */
export const accept = (...match: string[]): GuardRule => rule('accept', 'pass', match.join(' '));

export const drop = (kind: Exclude<GuardClass, 'pass'>, ...match: string[]): GuardRule =>
  rule('drop', kind, match.join(' '));

export const anyOf = (values: readonly (string | number)[]): string => `{ ${values.join(', ')} }`;

/** A MAC address as a number, for what nft has no name for. */
export const macNumber = (mac: string): string => `0x${mac.replaceAll(':', '')}`;

/** Bytes of a header (`nh` the network's, `th` the transport's), counted from its beginning. */
export const bytes = (header: 'nh' | 'th', at: number, length: number): string =>
  `@${header},${at * 8},${length * 8}`;
