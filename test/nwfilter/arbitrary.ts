import fc from 'fast-check';
import { checkRule } from '../../src/nwfilter/check-rule.js';
import {
  actions,
  type Attributes,
  directions,
  type Filter,
  type FilterEntry,
  type FilterRule,
} from '../../src/nwfilter/model.js';
import { type Protocol, protocolNames, protocols } from '../../src/nwfilter/protocols.js';
import { types, type Value, type ValueType } from '../../src/nwfilter/values.js';

const octets = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { minLength: count, maxLength: count });
const hex = (octet: number): string => octet.toString(16).padStart(2, '0');
const mac = octets(6).map((six) => six.map(hex).join(':'));
const macMask = fc
  .integer({ min: 0, max: 48 })
  .map((ones) =>
    (('1'.repeat(ones) + '0'.repeat(48 - ones)).match(/.{8}/g) ?? [])
      .map((bits) => hex(parseInt(bits, 2)))
      .join(':'),
  );
const integer = (max: number, min = 0) => fc.integer({ min, max });
const variable = fc
  .tuple(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,7}$/), fc.constantFrom('', '[0]', '[3]', '[@1]', '[@2]'))
  .map(([name, index]) => `$${name}${index}`);
const subset = (known: string[]) => fc.subarray(known);
const bits = subset(['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG']);
const ipv6 = fc.ipV6();

const literals = new Map<ValueType, fc.Arbitrary<unknown>>([
  [types.mac, mac],
  [types.macMask, macMask],
  [types.ipv4, octets(4).map((four) => four.join('.'))],
  [types.ipv4Mask, integer(32)],
  [types.ipv6, ipv6],
  [types.ipv6Mask, integer(128)],
  [types.variable, variable],
  [types.etherType, fc.oneof(integer(0xffff, 0x600), fc.constantFrom('arp', 'rarp', 'ipv4', 'ipv6', 'vlan'))],
  [types.vlanId, integer(4095)],
  [types.arpOpcode, fc.oneof(integer(0xffff), fc.constantFrom('Request', 'ARP_NAK', 'DRARP_Error'))],
  [types.ipProtocol, fc.oneof(integer(255), fc.constantFrom('tcp', 'udp', 'sctp', 'icmpv6'))],
  [types.dscp, integer(63)],
  [types.uint8, integer(255)],
  [types.uint16, integer(0xffff)],
  [types.uint32, integer(0xffff_ffff)],
  [types.ipset, fc.stringMatching(/^[A-Za-z0-9_.:+-]{1,31}$/)],
  [types.ipsetFlags, fc.array(fc.constantFrom('src', 'dst'), { minLength: 1, maxLength: 6 })],
  [types.boolean, fc.boolean()],
  [types.state, subset(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID'])],
  [types.tcpFlags, fc.record({ mask: bits, set: bits })],
]);

function valueOf(type: ValueType): fc.Arbitrary<Value> {
  const literal = literals.get(type);
  if (!literal) throw new TypeError(`no values for ${type.what}`);
  return (type.of('$X') !== undefined ? fc.oneof(literal, variable) : literal) as fc.Arbitrary<Value>;
}

const comment = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' })
  .filter((text) => !text.startsWith('$'));

function ruleOf(protocol: Protocol): fc.Arbitrary<FilterRule> {
  const types: Record<string, ValueType> = protocols[protocol];
  const values = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, valueOf(type)]));
  const attributes = fc.record(values, { requiredKeys: [] }) as fc.Arbitrary<Attributes>;
  return fc
    .record({
      action: fc.constantFrom(...actions),
      direction: fc.constantFrom(...directions),
      priority: integer(1000, -1000),
      attributes,
      negative: fc.boolean(),
      statematch: fc.boolean(),
      comment: fc.option(comment, { nil: undefined }),
    })
    .map(({ attributes, negative, statematch, comment, ...rest }) => ({
      ...rest,
      protocol,
      ...(negative ? { match: {}, notMatch: attributes } : { match: attributes }),
      ...(!statematch && { statematch }),
      ...(comment !== undefined && { comment }),
    }));
}

/** What the service takes. */
function isSound(rule: FilterRule): boolean {
  let sound = true;
  checkRule(rule, () => (sound = false));
  return sound;
}

const rule = fc
  .constantFrom(...protocolNames)
  .chain(ruleOf)
  .filter(isSound);
const reference = fc.record({
  ref: fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/),
  parameters: fc.array(
    fc.record({
      name: fc.stringMatching(/^[A-Z0-9_]{1,6}$/),
      value: fc.stringMatching(/^[a-z0-9_.:]{1,12}$/),
    }),
    { maxLength: 4 },
  ),
});

/** A rule of any kind. */
export const arbitraryRule: fc.Arbitrary<FilterRule> = rule;

const chain = fc.oneof(
  fc.constant('root'),
  fc
    .tuple(
      fc.constantFrom('mac', 'stp', 'vlan', 'arp', 'rarp', 'ipv4', 'ipv6'),
      fc.stringMatching(/^[a-z0-9_.:-]{0,8}$/),
    )
    .map(([prefix, rest]) => prefix + rest),
);

/** Any filter that the service takes, of these entries. */
export const arbitraryFilter = (
  entry: fc.Arbitrary<FilterEntry> = fc.oneof(
    { weight: 4, arbitrary: rule },
    { weight: 1, arbitrary: reference },
  ),
): fc.Arbitrary<Filter> =>
  fc.record({
    name: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,20}$/),
    chain,
    priority: integer(1000, -1000).filter((priority) => priority !== 0),
    entries: fc.array(entry, { maxLength: 6 }),
  });
