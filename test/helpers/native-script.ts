const ethernet = 'bridge libvirt_nwfilter_ethernet';
const inet = 'bridge libvirt_nwfilter_inet';

const same = [0, 1, 2, 3].flatMap((at) =>
  Array.from({ length: 256 }, (_, octet) => [0, 0, 0, 0].with(at, octet).join('.')),
);

/** What libvirt's own backend for nftables tells nft before it makes the first port's rules. */
export const nativeTablesScript = [ethernet, inet]
  .flatMap((table, priority) => [
    `add table ${table}`,
    `add set ${table} same-ip-set { type ipv4_addr . ipv4_addr; }`,
    `add element ${table} same-ip-set { ${[...new Set(same)].map((ip) => `${ip} . ${ip}`).join(', ')} }`,
    `add map ${table} vmap-oif { type iface_index : verdict; }`,
    `add map ${table} vmap-iif { type iface_index : verdict; }`,
    `add chain ${table} postrouting { type filter hook postrouting priority ${priority}; policy accept; }`,
    `add chain ${table} prerouting { type filter hook prerouting priority ${priority}; policy accept; }`,
    `add rule ${table} postrouting oif vmap @vmap-oif`,
    `add rule ${table} prerouting iif vmap @vmap-iif`,
    '',
  ])
  .join('\n');

/** What it tells nft for a port that is there. @param chains rules by table and chain */
export const nativePortScript = (port: string, chains: Readonly<Record<string, readonly string[]>>): string =>
  [
    ...Object.keys(chains).map((chain) => `add chain bridge ${chain}`),
    ...Object.entries(chains).flatMap(([chain, rules]) =>
      rules.map((rule) => `add rule bridge ${chain} ${rule}`),
    ),
    ...[ethernet, inet].flatMap((table) => [
      `add element ${table} vmap-oif { "${port}" : jump ${port}-in }`,
      `add element ${table} vmap-iif { "${port}" : jump ${port}-out }`,
    ]),
    '',
  ].join('\n');

/** Those of a port that has no rules but one, which lets frames of one other address through. */
export const nativeLeftovers = (port: string): Record<string, string[]> => ({
  [`libvirt_nwfilter_ethernet ${port}-in`]: [],
  [`libvirt_nwfilter_ethernet ${port}-out`]: [`jump ${port}-mac-out`],
  [`libvirt_nwfilter_ethernet ${port}-mac-out`]: ['ether saddr 52:54:00:00:00:98 accept'],
  [`libvirt_nwfilter_inet ${port}-in`]: [],
  [`libvirt_nwfilter_inet ${port}-out`]: [],
});
