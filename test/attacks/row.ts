import type { AttackRow } from '../../src/schemas/nwfilter-coverage.js';

/** One station: an attacker, the one it pretends to be, or the host it wants to deceive. */
export interface Station {
  mac: string;
  ip: string;
  ip6: string;
  linkLocal: string;
}

/** Who plays in a row. */
export interface Cast {
  /** The guest, whose NIC has the filter and these addresses. */
  own: Station;
  /** Somebody else, another in each row: so what a row achieved is told by the address. */
  other: Station;
  /** A MAC address of nobody's, another in each row. */
  forged: string;
  /** A Linux host on the same bridge, which knows every `other` rightly before the row is sent. */
  victim: Station;
}

/**
 * What is attacked: `mac` the link-layer identity, `ip` an address or its owner, `nd` IPv6 neighbour discovery from the
 * attacker's own address, `dhcp` and `router` those roles, `bridge` the host's forwarding table. `honest` traffic must always pass;
 * `uncommon` traffic is honest too, but a filter may be strict enough to break it.
 */
export type RowClass = AttackRow['class'];
export type AttackClass = Exclude<RowClass, 'honest' | 'uncommon'>;

/** What is to be seen, besides the frame, of an attack that came through. */
export type Effect =
  | { in: 'neighbours'; address: string; mac: string }
  | { in: 'forwarding-table'; mac: string }
  | { in: 'routes'; via: string };

export interface Row {
  /** Stands for the row in the API: it does not change. */
  name: string;
  what: string;
  class: RowClass;
  /** Honest traffic that only a NIC with addresses of this family has. */
  family?: 'ipv4' | 'ipv6';
  /** Where it comes from: a CVE, an RFC, or `measured`. */
  source: string;
  /** It passes when each of them arrives. */
  frames: (cast: Cast) => Buffer | Buffer[];
  effect?: (cast: Cast) => Effect;
  /** No port ever sees it: it passes when its effect is there. */
  unseen?: true;
  /** Why libvirt's language has no rule against it. */
  beyondNwfilter?: string;
  /** Why it never arrives, whatever the filter. */
  kernelDrops?: string;
}

/** Rows that have these in common, unless one says otherwise. */
export const rows = (
  common: Pick<Row, 'class' | 'source' | 'family'>,
  list: (Omit<Row, 'class' | 'source'> & Partial<Row>)[],
): Row[] => list.map((row) => ({ ...common, ...row }));
