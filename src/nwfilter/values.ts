import { isIPv6 } from 'node:net';
import Type, { type TSchema } from 'typebox';
import { ipv6Groups } from './rules/addresses.js';

/** The bits of a TCP header that are looked at, and those of them that must be set. */
export interface TcpFlags {
  mask: string[];
  set: string[];
}
export type Value = string | number | boolean | string[] | TcpFlags;

/** A kind of value of a match's attribute: how JSON has it and how libvirt's XML does. */
export interface ValueType {
  schema: TSchema;
  /** Completes "must be …". */
  what: string;
  /** The value in libvirt's own spelling; undefined when the text is none. */
  read(text: string): Value | undefined;
  write(value: Value): string;
  /** A value of JSON as `read` has it, which is how libvirt keeps it; undefined when it is none of this kind. */
  of(value: unknown): Value | undefined;
}

const variablePattern = '^\\$[A-Za-z0-9_]+(\\[@?[0-9]{1,4}\\])?$';
const variable = new RegExp(variablePattern);
const variableSchema = Type.String({
  pattern: variablePattern,
  description: 'a variable: `$IP`, its second element `$IP[1]`, or by another iterator `$IP[@1]`',
  examples: ['$IP'],
});
export const isVariable = (value: unknown): value is string =>
  typeof value === 'string' && variable.test(value);
/** libvirt's schema takes spaces in a variable; its parser does not. */
const readVariable = (text: string): string | undefined => (variable.test(text) ? text : undefined);

interface Literal {
  schema: TSchema;
  what: string;
  read: (text: string) => Value | undefined;
  /** Where it is not just the value's text. */
  write?: (value: Value) => string;
  /** Whether a value of JSON may be written and read again to see whether it is one. */
  is: (value: unknown) => boolean;
}

const isString = (value: unknown): boolean => typeof value === 'string';

function literal({ schema, what, read, write = String, is }: Literal): ValueType {
  return { schema, what, read, write, of: (value) => (is(value) ? read(write(value as Value)) : undefined) };
}

/** The same kind where a variable may stand for the value. */
function orVariable(type: ValueType): ValueType {
  return {
    schema: Type.Union([type.schema, variableSchema]),
    what: `${type.what}, or a variable such as $IP`,
    read: (text) => readVariable(text) ?? type.read(text),
    write: (value) => (isVariable(value) ? value : type.write(value)),
    of: (value) => (isVariable(value) ? value : type.of(value)),
  };
}

/** Digits as libvirt reads them: decimal, or hexadecimal after 0x. */
function readNumber(text: string, min: number, max: number): number | undefined {
  if (!/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

const integer = (min: number, max: number): ValueType =>
  literal({
    schema: Type.Integer({ minimum: min, maximum: max }),
    what: `an integer from ${min} to ${max}`,
    read: (text) => readNumber(text, min, max),
    is: (value) => Number.isInteger(value),
  });

/** Numbers of which libvirt knows some by name, and always says the name of those. */
function named(min: number, max: number, names: Readonly<Record<string, number>>): ValueType {
  const nameOf = new Map(Object.entries(names).map(([name, number]) => [number, name]));
  const byLowerCase = new Map(Object.keys(names).map((name) => [name.toLowerCase(), name]));
  return literal({
    schema: Type.Union([Type.Integer({ minimum: min, maximum: max }), Type.Enum(Object.keys(names))]),
    what: `an integer from ${min} to ${max} or one of ${Object.keys(names).join(', ')}`,
    read: (text) => {
      const number = readNumber(text, min, max);
      return number === undefined ? byLowerCase.get(text.toLowerCase()) : (nameOf.get(number) ?? number);
    },
    is: (value) => (typeof value === 'string' ? value in names : Number.isInteger(value)),
  });
}

const text = (what: string, pattern: string, read: (text: string) => string | undefined): ValueType =>
  literal({ schema: Type.String({ pattern, description: what }), what, read, is: isString });

const macPattern = '^([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$';
const macWords = 'a MAC address';
function readMac(address: string): string | undefined {
  if (!new RegExp(macPattern).test(address)) return undefined;
  const octets = address.split(':').map((octet) => octet.padStart(2, '0').toLowerCase());
  return octets.join(':');
}

/** One bits, then zero bits: what libvirt takes for a mask. */
const isMask = (octets: number[]): boolean =>
  /^1*0*$/.test(octets.map((octet) => octet.toString(2).padStart(8, '0')).join(''));
const octetsOf = (address: string): number[] => address.split(':').map((octet) => parseInt(octet, 16));

// No leading zeros: libvirt reads 010 as octal.
const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4Pattern = `^(${octet}\\.){3}${octet}$`;
const readIpv4 = (address: string): string | undefined =>
  new RegExp(ipv4Pattern).test(address) ? address : undefined;

/** The shortest spelling of an IPv6 address. */
function readIpv6(address: string): string | undefined {
  return isIPv6(address) && !address.includes('%')
    ? new URL(`http://[${address}]`).hostname.slice(1, -1)
    : undefined;
}

/** The length of a prefix; XML may also have it written as an address. */
function prefix(bits: number, groups: (mask: string) => string | undefined): ValueType {
  const read = (given: string): number | undefined => {
    const length = /^\d{1,3}$/.test(given) ? Number(given) : undefined;
    if (length !== undefined) return length <= bits ? length : undefined;
    const ones = groups(given);
    return ones !== undefined && /^1*0*$/.test(ones) ? ones.replace(/0+$/, '').length : undefined;
  };
  return literal({
    schema: Type.Integer({ minimum: 0, maximum: bits, description: 'the length of a prefix' }),
    what: `the length of a prefix, from 0 to ${bits}`,
    read,
    is: (value) => Number.isInteger(value),
  });
}

function ipv4Bits(mask: string): string | undefined {
  const address = readIpv4(mask)?.split('.');
  return address?.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function ipv6Bits(mask: string): string | undefined {
  const address = readIpv6(mask);
  return (
    address &&
    ipv6Groups(address)
      .map((group) => group.toString(2).padStart(16, '0'))
      .join('')
  );
}

/** A list of words, separated by commas in XML. */
const words = (known: readonly string[], spelling: (word: string) => string) => (list: string) => {
  const found = list.split(',').map(spelling);
  return found.every((word) => known.includes(word)) ? found : undefined;
};
const isListOf = (known: readonly string[], value: unknown): value is string[] =>
  Array.isArray(value) && value.every((word) => known.includes(word as string));
const isSetOf = (known: readonly string[], value: unknown): value is string[] =>
  isListOf(known, value) && new Set(value).size === value.length;
const setSchema = (known: readonly string[], description: string): TSchema =>
  Type.Array(Type.Enum([...known]), { uniqueItems: true, description });
/** In libvirt's order, each once. */
const inOrder = (known: readonly string[], found: readonly string[]): string[] =>
  known.filter((word) => found.includes(word));

const states = ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'] as const;
const tcpBits = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'] as const;
const same = (word: string): string => word;

function readBits(list: string): string[] | undefined {
  if (list === 'NONE') return [];
  if (list === 'ALL') return [...tcpBits];
  const found = words(tcpBits, same)(list);
  return found && inOrder(tcpBits, found);
}

const state: ValueType = {
  schema: setSchema(states, 'states of the connection; an empty list is NONE'),
  what: `a list of ${states.join(', ')}, each once`,
  read: (list) => {
    const found = list === 'NONE' ? [] : words(states, same)(list);
    return found && inOrder(states, found);
  },
  write: (value) => (value as string[]).join(',') || 'NONE',
  of: (value) => (isSetOf(states, value) ? inOrder(states, value) : undefined),
};

const tcpFlags: ValueType = {
  schema: Type.Object(
    {
      mask: setSchema(tcpBits, 'the bits that are looked at'),
      set: setSchema(tcpBits, 'those that must be set'),
    },
    { additionalProperties: false },
  ),
  what: `an object of mask and set, lists of ${tcpBits.join(', ')}, each once`,
  read: (pair) => {
    const [mask, set, ...more] = pair.split('/').map(readBits);
    return mask && set && more.length === 0 ? { mask, set } : undefined;
  },
  write: (value) => {
    const { mask, set } = value as TcpFlags;
    return `${mask.join(',') || 'NONE'}/${set.join(',') || 'NONE'}`;
  },
  of: (value) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 2) return undefined;
    const { mask, set } = value as Partial<TcpFlags>;
    if (!isSetOf(tcpBits, mask) || !isSetOf(tcpBits, set)) return undefined;
    return { mask: inOrder(tcpBits, mask), set: inOrder(tcpBits, set) };
  },
};

const ipsetDirections = ['src', 'dst'] as const;
const readDirections = words(ipsetDirections, (word) => word.toLowerCase());
const ipsetFlags: ValueType = {
  schema: Type.Array(Type.Enum([...ipsetDirections]), { minItems: 1, maxItems: 6 }),
  what: 'a list of src and dst, at most six',
  read: (list) => {
    const found = readDirections(list);
    return found && found.length <= 6 ? found : undefined;
  },
  write: (value) => (value as string[]).join(','),
  of: (value) =>
    isListOf(ipsetDirections, value) && value.length >= 1 && value.length <= 6 ? value : undefined,
};

const boolean: ValueType = {
  schema: Type.Boolean(),
  what: 'true or false',
  read: (word) =>
    ['yes', 'true', '1'].includes(word) ? true : ['no', 'false', '0'].includes(word) ? false : undefined,
  write: String,
  of: (value) => (typeof value === 'boolean' ? value : undefined),
};

export const etherTypes = { arp: 0x806, rarp: 0x8035, ipv4: 0x800, ipv6: 0x86dd, vlan: 0x8100 };
export const arpOpcodes = {
  Request: 1,
  Reply: 2,
  Request_Reverse: 3,
  Reply_Reverse: 4,
  DRARP_Request: 5,
  DRARP_Reply: 6,
  DRARP_Error: 7,
  InARP_Request: 8,
  ARP_NAK: 9,
};
export const ipProtocols = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  esp: 50,
  ah: 51,
  icmp: 1,
  igmp: 2,
  sctp: 132,
  icmpv6: 58,
};
const ipsetPattern = '^[A-Za-z0-9_.:+\\- ]{1,31}$';
const ipv6Schema = Type.String({ format: 'ipv6' });

/** The kinds of values that libvirt's schema has. */
export const types = {
  mac: orVariable(text(macWords, macPattern, readMac)),
  macMask: orVariable(
    text('a MAC address mask: one bits, then zero bits', macPattern, (mask) => {
      const address = readMac(mask);
      return address !== undefined && isMask(octetsOf(address)) ? address : undefined;
    }),
  ),
  ipv4: orVariable(text('an IPv4 address without leading zeros', ipv4Pattern, readIpv4)),
  ipv4Mask: orVariable(prefix(32, ipv4Bits)),
  ipv6: orVariable(literal({ schema: ipv6Schema, what: 'an IPv6 address', read: readIpv6, is: isString })),
  ipv6Mask: orVariable(prefix(128, ipv6Bits)),
  /** What libvirt's schema and its parser agree on where the one wants IPv6 and the other IPv4. */
  variable: literal({
    schema: variableSchema,
    what: 'a variable: libvirt takes no address here',
    read: readVariable,
    is: isString,
  }),
  etherType: orVariable(named(0x600, 0xffff, etherTypes)),
  vlanId: orVariable(integer(0, 4095)),
  arpOpcode: orVariable(named(0, 0xffff, arpOpcodes)),
  ipProtocol: orVariable(named(0, 0xff, ipProtocols)),
  dscp: orVariable(integer(0, 63)),
  uint8: integer(0, 0xff),
  uint16: orVariable(integer(0, 0xffff)),
  uint32: orVariable(integer(0, 0xffff_ffff)),
  ipset: orVariable(
    text('the name of an ipset', ipsetPattern, (name) =>
      new RegExp(ipsetPattern).test(name) ? name : undefined,
    ),
  ),
  ipsetFlags,
  boolean,
  state,
  tcpFlags,
} as const satisfies Record<string, ValueType>;
