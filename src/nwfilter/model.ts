import type { Protocol } from './protocols.js';
import type { Value } from './values.js';

export const actions = ['drop', 'accept', 'reject', 'return', 'continue'] as const;
export const directions = ['in', 'out', 'inout'] as const;
/** Of a rule or a chain. */
export const priorities = { min: -1000, max: 1000, ofRule: 500 };
export const isPriority = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= priorities.min && (value as number) <= priorities.max;
/** In a filter that a caller gives. */
export const mostEntries = 1000;

export type Attributes = Record<string, Value>;

/** Another filter, whose rules come here. */
export interface FilterRef {
  ref: string;
  /** A name may be repeated: several values. */
  parameters: { name: string; value: string }[];
}

export interface FilterRule {
  action: (typeof actions)[number];
  direction: (typeof directions)[number];
  priority: number;
  /** none: every frame that comes by. */
  protocol: Protocol | 'none';
  /** What a frame must have. */
  match?: Attributes;
  /** What it must not have: match='no' in XML. */
  notMatch?: Attributes;
  /** Without it, libvirt lets the answers to a flow through that the rule accepts. */
  statematch?: boolean;
  comment?: string;
}

export type FilterEntry = FilterRef | FilterRule;
export const isRef = (entry: FilterEntry): entry is FilterRef => 'ref' in entry;

/** A network filter, as libvirt's XML has it. */
export interface Filter {
  name: string;
  uuid?: string;
  chain: string;
  priority: number;
  entries: FilterEntry[];
}

/** A chain's name: one of libvirt's, with whatever behind it. */
export const chainPattern =
  '^(root|(mac|stp|arp)[A-Za-z0-9_.:\\-]{0,9}|(vlan|rarp|ipv4|ipv6)[A-Za-z0-9_.:\\-]{0,8})$';

const chainPriorities: readonly [prefix: string, priority: number][] = [
  ['mac', -800],
  ['vlan', -750],
  ['ipv4', -700],
  ['ipv6', -600],
  ['arp', -500],
  ['rarp', -400],
];

/** The priority that libvirt gives a chain that has none. */
export const chainPriority = (chain: string): number =>
  chainPriorities.find(([prefix]) => chain.startsWith(prefix))?.[1] ?? 0;
