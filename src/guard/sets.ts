import { withSortedSets } from '../kernel/nft-listing.js';

/** The types of tags: 802.1Q's, 802.1ad's, and those that switches had before it. */
const tagTypes = ['0x8100', '0x88a8', '0x9100', '0x9200', '0x9300'];
const [ip, arp, rarp, ip6] = ['0x0800', '0x0806', '0x8035', '0x86dd'];

/**
 * Values that the rules of many guards look for. They lie in the table by name: for each set in a rule nft asks the kernel anew,
 * which makes a listing of many guards slow.
 */
const sharedSets = {
  tag_types: { of: 'type ether_type', values: tagTypes },
  inner_tag_types: { of: 'typeof @nh,16,16', values: tagTypes },
  /** What an 802.3 frame may not have inside, where tags are looked into. */
  snap_types: { of: 'typeof @nh,16,16', values: [arp, rarp, ...tagTypes] },
  /** The same where its packets would not be looked at. */
  snap_packet_types: { of: 'typeof @nh,16,16', values: [ip, arp, rarp, ip6, ...tagTypes] },
  /** Redirect, router advertisement. */
  icmp_router_types: { of: 'type icmp_type', values: ['5', '9'] },
  /** IGMP's membership query, multicast router advertisement. */
  igmp_router_types: { of: 'typeof @th,0,8', values: ['0x11', '0x30'] },
  /** Listener query, router advertisement, redirect, router renumbering, multicast router advertisement. */
  icmpv6_router_types: { of: 'type icmpv6_type', values: ['130', '134', '137', '138', '151'] },
  /** Listener reports of both versions, and done. */
  icmpv6_listener_types: { of: 'type icmpv6_type', values: ['131', '132', '143'] },
  /** Neighbour discovery and router solicitation, with inverse neighbour discovery. */
  icmpv6_neighbour_types: { of: 'type icmpv6_type', values: ['133', '135', '136', '141', '142'] },
  /** What is looked into: UDP, ICMPv6. */
  inspected_protocols: { of: 'type inet_proto', values: ['17', '58'] },
} as const satisfies Record<string, { of: string; values: readonly (string | undefined)[] }>;

/** A shared set in a rule. */
export const oneOf = (name: keyof typeof sharedSets): string => `@${name}`;

/** What gives a table the shared sets, whatever it had in them before. */
export const setScript = (table: string): string[] =>
  Object.entries(sharedSets).flatMap(([name, { of, values }]) => [
    `add set ${table} ${name} { ${of}; }`,
    `flush set ${table} ${name}`,
    `add element ${table} ${name} { ${values.join(', ')} }`,
  ]);

/** Elements of sets by the sets' names, as nft writes them. */
export type FoundSets = ReadonlyMap<string, readonly string[]>;

/** A rule with the elements of its sets in their place, sorted: then one that names a set says all that it does. */
export const inlined = (rule: string, sets: FoundSets): string =>
  withSortedSets(
    rule.replace(/@([a-z]\w*)(?![\w,])/g, (all, name: string) => {
      const elements = sets.get(name);
      return elements ? `{ ${elements.join(', ')} }` : all;
    }),
  );
