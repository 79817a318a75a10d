import { type ValueType, types } from './values.js';

type Attributes = Readonly<Record<string, ValueType>>;

const sourceMac = { srcmacaddr: types.mac };
const sourceMacAndMask = { ...sourceMac, srcmacmask: types.macMask };
const macs = { ...sourceMacAndMask, dstmacaddr: types.mac, dstmacmask: types.macMask };
const ports = {
  srcportstart: types.uint16,
  srcportend: types.uint16,
  dstportstart: types.uint16,
  dstportend: types.uint16,
};
const icmp = { type: types.uint8, code: types.uint8 };

const addresses = (address: ValueType, mask: ValueType) => ({
  srcipaddr: address,
  srcipmask: mask,
  dstipaddr: address,
  dstipmask: mask,
});
const ranges = (address: ValueType) => ({
  srcipfrom: address,
  srcipto: address,
  dstipfrom: address,
  dstipto: address,
});
const ipv4 = addresses(types.ipv4, types.ipv4Mask);
const ipv6 = addresses(types.ipv6, types.ipv6Mask);

/** What every protocol on top of IPv4 has. */
const overIpv4 = {
  ...sourceMac,
  ...ipv4,
  ...ranges(types.ipv4),
  dscp: types.dscp,
  'connlimit-above': types.uint16,
  state: types.state,
};
/** And on top of IPv6; libvirt's parser wants an IPv4 address at the end of a range, its schema one of IPv6. */
const overIpv6 = { ...sourceMac, ...ipv6, ...ranges(types.ipv6), dstipto: types.variable, dscp: types.dscp };
/** libvirt keeps a set for these only. */
const ipset = { ipset: types.ipset, ipsetflags: types.ipsetFlags };

const arp = {
  ...macs,
  hwtype: types.uint16,
  protocoltype: types.uint16,
  opcode: types.arpOpcode,
  arpsrcmacaddr: types.mac,
  arpdstmacaddr: types.mac,
  arpsrcipaddr: types.ipv4,
  arpdstipaddr: types.ipv4,
  gratuitous: types.boolean,
};
const stp = {
  ...sourceMacAndMask,
  type: types.uint8,
  flags: types.uint8,
  'root-priority': types.uint16,
  'root-priority-hi': types.uint16,
  'root-address': types.mac,
  'root-address-mask': types.macMask,
  'root-cost': types.uint32,
  'root-cost-hi': types.uint32,
  'sender-priority': types.uint16,
  'sender-priority-hi': types.uint16,
  'sender-address': types.mac,
  'sender-address-mask': types.macMask,
  port: types.uint16,
  'port-hi': types.uint16,
  age: types.uint16,
  'age-hi': types.uint16,
  'max-age': types.uint16,
  'max-age-hi': types.uint16,
  'hello-time': types.uint16,
  'hello-time-hi': types.uint16,
  'forward-delay': types.uint16,
  'forward-delay-hi': types.uint16,
};

/**
 * libvirt's protocols, and what a rule may look at in each: the one table that schema, readers and writer follow. It is
 * libvirt's schema, less what libvirt takes and then ignores.
 */
export const protocols = {
  mac: { ...macs, protocolid: types.etherType },
  vlan: { ...macs, vlanid: types.vlanId, 'encap-protocol': types.etherType },
  stp,
  arp,
  rarp: arp,
  ip: { ...macs, ...ipv4, protocol: types.ipProtocol, ...ports, dscp: types.dscp },
  ipv6: {
    ...macs,
    ...ipv6,
    protocol: types.ipProtocol,
    ...ports,
    type: types.uint8,
    typeend: types.uint8,
    code: types.uint8,
    codeend: types.uint8,
  },
  tcp: { ...overIpv4, ...ports, flags: types.tcpFlags },
  udp: { ...overIpv4, ...ports },
  sctp: { ...overIpv4, ...ports },
  icmp: { ...overIpv4, ...icmp },
  igmp: overIpv4,
  all: { ...overIpv4, ...ipset },
  esp: overIpv4,
  ah: overIpv4,
  udplite: overIpv4,
  'tcp-ipv6': { ...overIpv6, ...ports },
  'udp-ipv6': { ...overIpv6, ...ports },
  'sctp-ipv6': { ...overIpv6, ...ports },
  icmpv6: { ...overIpv6, ...icmp },
  'all-ipv6': overIpv6,
  'esp-ipv6': overIpv6,
  'ah-ipv6': overIpv6,
  'udplite-ipv6': overIpv6,
} as const satisfies Record<string, Attributes>;

export type Protocol = keyof typeof protocols;
export const protocolNames = Object.keys(protocols) as Protocol[];
export const isProtocol = (name: unknown): name is Protocol =>
  typeof name === 'string' && Object.hasOwn(protocols, name);

const overIpv6Names: ReadonlySet<Protocol> = new Set([
  'tcp-ipv6',
  'udp-ipv6',
  'sctp-ipv6',
  'icmpv6',
  'all-ipv6',
  'esp-ipv6',
  'ah-ipv6',
  'udplite-ipv6',
]);

/** What libvirt shows of filters that were defined without its schema, and what it takes no filter with. */
function unvalidated(protocol: Protocol): Attributes {
  if (protocol === 'arp' || protocol === 'rarp')
    return { arpsrcipmask: types.ipv4Mask, arpdstipmask: types.ipv4Mask };
  return {
    ...(protocol.startsWith('tcp') && { option: types.uint8 }),
    ...(overIpv6Names.has(protocol) && { 'connlimit-above': types.uint16, state: types.state }),
    ...(protocol === 'all-ipv6' && ipset),
  };
}

/** What a filter on libvirt may have: more than one may be defined with, where it was not defined with the schema. */
export const shownAttributes = (protocol: Protocol): Attributes => ({
  ...protocols[protocol],
  ...unvalidated(protocol),
});

/** The kind of value that an attribute has, when a filter may be defined with it. */
export const attributeType = (protocol: Protocol, name: string): ValueType | undefined => {
  const attributes: Attributes = protocols[protocol];
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
};
