import type { Handmade } from './handmade.js';

const rule = (match: string, attributes = "action='drop' direction='out'"): string =>
  `<rule ${attributes}>${match}</rule>`;
const each = (values: readonly (string | number)[], match: (value: string | number) => string): string =>
  values.map((value) => rule(match(value))).join('');
const accept = (direction: string): string => `action='accept' direction='${direction}'`;
const IP = ['10.0.0.1', '10.0.0.2'];

/** Filters of which it is not plain what libvirt and the kernel's tools make. */
export const kernelCases: Readonly<Record<string, Handmade>> = {
  'both directions at once': {
    body:
      rule("<mac srcmacaddr='$MAC' dstmacaddr='2:2:2:2:2:2'/>", accept('inout')) +
      rule("<arp arpsrcmacaddr='$MAC' arpsrcipaddr='10.0.0.1' arpdstipaddr='10.0.0.9'/>", accept('inout')) +
      rule(
        "<ip srcipaddr='10.0.0.1' protocol='udp' srcportstart='5' dstportstart='6' dstportend='9'/>",
        "action='reject' direction='inout'",
      ) +
      rule("<ipv6 dstipaddr='fe80::1'/>", "action='continue' direction='inout'") +
      rule("<all srcmacaddr='$MAC'/>", accept('inout')),
  },
  'priorities of rules and chains': {
    body:
      rule('<mac/>', "action='accept' direction='out' priority='-700'") +
      rule('<ip/>', "action='accept' direction='out' priority='-701'") +
      rule('<arp/>', "action='accept' direction='out' priority='-1000'") +
      "<filterref filter='allow-ipv4'/><filterref filter='no-mac-spoofing'/><filterref filter='no-arp-spoofing'/>" +
      rule('<tcp/>', "action='drop' direction='out' priority='3'") +
      rule('<tcp/>', "action='accept' direction='out' priority='2'"),
    parameters: { IP },
  },
  'chains of one priority': {
    body: ['allow-dhcp', 'no-ip-multicast', 'allow-ipv6', 'tied-a', 'tied-b', 'tied-c']
      .map((name) => `<filterref filter='${name}'/>`)
      .join(''),
  },
  "a reference's parameters and the NIC's own": {
    body:
      "<filterref filter='no-ip-spoofing'><parameter name='IP' value='10.9.9.9'/></filterref>" +
      "<filterref filter='no-mac-spoofing'><parameter name='MAC' value='02:02:02:02:02:02'/></filterref>",
    parameters: { IP },
  },
  'a NIC that gives MAC': {
    body: rule("<mac srcmacaddr='$MAC'/>"),
    parameters: { MAC: ['02:02:02:02:02:0A'] },
  },
  'values given twice': {
    body: rule("<ip srcipaddr='$IP' protocol='udp' srcportstart='$PORT'/>"),
    parameters: { IP: ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.1'], PORT: ['1', '2', '3', '1'] },
  },
  'five iterators': {
    body: rule(
      "<ip srcipaddr='$IP[@2]' srcipmask='$M[@3]' dstipaddr='$IP[@1]' protocol='udp' srcportstart='$PORT' dstportstart='$PORT[@4]'/>",
    ),
    parameters: { IP, M: ['31', '24'], PORT: ['1', '2'] },
  },
  'elements of lists': {
    body:
      rule("<ip srcipaddr='$IP[1]' dstipaddr='$IP[0]' protocol='udp' dstportstart='$PORT'/>") +
      rule("<ip srcipaddr='$IP[@0]' dstipaddr='$IP'/>"),
    parameters: { IP, PORT: ['1', '2'] },
  },
  'spellings of values': {
    body:
      rule("<arp opcode='$OPCODE' protocoltype='$TYPE' hwtype='1'/>") +
      rule("<mac srcmacaddr='$OTHER'/>") +
      rule("<ipv6 srcipaddr='$IPV6'/>") +
      rule("<all-ipv6 srcipaddr='$IPV6' srcipmask='$LENGTH'/>") +
      rule("<ip srcipaddr='10.1.2.3' srcipmask='$MASK' protocol='$PROTOCOL' dscp='$DSCP'/>") +
      rule("<tcp dscp='$DSCP' srcportstart='7' srcportend='$END'/>"),
    parameters: {
      OPCODE: ['Reply'],
      TYPE: ['800'],
      OTHER: ['2:2:2:2:2:A'],
      IPV6: ['2001:DB8:0::1'],
      LENGTH: ['64'],
      MASK: ['255.255.0.0'],
      PROTOCOL: ['udp'],
      DSCP: ['0x1a'],
      END: ['10'],
    },
  },
  'types of frames by variable': {
    body: rule("<mac protocolid='$TYPE'/>") + rule("<vlan encap-protocol='$TYPE'/>"),
    parameters: { TYPE: ['2054', '0x806', '0x8100', '0x88b5', '0x0700'] },
  },
  'types of frames': {
    body:
      each(
        ['0x8137', '0x88cc', '0x888e', '0x88a8', '0x0805', '0x700', '0x6004'],
        (type) => `<mac protocolid='${type}'/>`,
      ) + each(['ipv4', '0x9000', '0x88a8'], (type) => `<vlan encap-protocol='${type}'/>`),
  },
  'MAC addresses with names and masks': {
    body:
      rule("<mac srcmacaddr='01:80:c2:00:00:00' dstmacaddr='ff:ff:ff:ff:ff:ff'/>") +
      rule("<mac dstmacaddr='01:02:03:00:00:00' dstmacmask='ff:ff:00:00:00:00'/>") +
      rule("<mac srcmacaddr='ff:ff:ff:ff:ff:ff' srcmacmask='ff:ff:ff:ff:ff:ff'/>") +
      rule("<arp arpsrcmacaddr='ff:ff:ff:ff:ff:ff' arpdstmacaddr='01:80:c2:00:00:00'/>") +
      rule("<mac match='no' dstmacaddr='ff:ff:ff:ff:ff:ff' protocolid='0x9999'/>") +
      rule("<vlan match='no' vlanid='3' srcmacaddr='$MAC'/>"),
  },
  'ARP operations': {
    body:
      each(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        (n) => `<arp opcode='${n}' hwtype='${n}' protocoltype='${n}'/>`,
      ) +
      rule("<arp match='no' gratuitous='yes'/>") +
      rule(
        "<arp match='no' hwtype='1' protocoltype='5' opcode='2' arpsrcipaddr='10.0.0.1' arpdstmacaddr='1:1:1:1:1:1'/>",
      ),
  },
  'STP messages': {
    body:
      each([1, 128, 129, 3], (flags) => `<stp flags='${flags}'/>`) +
      each([0, 128, 5], (type) => `<stp type='${type}'/>`) +
      rule(
        "<stp root-priority='1' root-priority-hi='1' root-address='01:80:c2:00:00:00' root-address-mask='ff:00:00:00:00:00'/>",
      ) +
      rule("<stp match='no' type='0' flags='1' sender-address='ff:ff:ff:ff:ff:ff'/>"),
  },
  'ICMPv6 in frames': {
    body:
      each(
        [1, 2, 3, 4, 128, 129, 130, 133, 134, 135, 136, 137, 143],
        (type) => `<ipv6 protocol='icmpv6' type='${type}'/>`,
      ) +
      each(
        ['1/0', '1/1', '1/2', '1/3', '1/4', '1/5', '1/6', '3/0', '3/1', '4/0', '4/1', '4/2', '135/0'],
        (message) => {
          const [type, code] = String(message).split('/');
          return `<ipv6 protocol='icmpv6' type='${type}' code='${code}'/>`;
        },
      ) +
      rule("<ipv6 protocol='icmpv6' type='0' typeend='255'/>") +
      rule("<ipv6 protocol='icmpv6' code='3'/>") +
      rule("<ipv6 protocol='icmpv6' type='5' code='1' codeend='3'/>") +
      rule("<ipv6 match='no' protocol='254'/>"),
  },
  'IP protocols': {
    body:
      each([0, 4, 41, 47, 58, 89, 112, 250], (number) => `<ip protocol='${number}'/>`) +
      each([0, 2, 43, 58, 60], (number) => `<ipv6 protocol='${number}'/>`) +
      each([0, 1, 63], (dscp) => `<ip dscp='${dscp}'/>`) +
      each([0, 1, 63], (dscp) => `<all dscp='${dscp}'/>`),
  },
  'IPv6 addresses': {
    body:
      rule("<ipv6 srcipaddr='::ffff:1.2.3.4' dstipaddr='::1.2.3.4'/>") +
      rule("<ipv6 srcipaddr='1:0:0:2:0:0:0:3' dstipaddr='::2:0'/>") +
      rule("<ipv6 srcipaddr='2001:db8::ffff' srcipmask='127'/>") +
      rule("<all-ipv6 srcipaddr='1:0:2:3:4:5:6:7' dstipaddr='::'/>"),
  },
  'any address': {
    body: ['ip', 'ipv6', 'tcp', 'tcp-ipv6']
      .map((protocol) => {
        const address = protocol.endsWith('6') ? 'fe80::1' : '10.0.0.1';
        return rule(`<${protocol} srcipaddr='${address}' srcipmask='0'/>`);
      })
      .join(''),
  },
  'any port': {
    body: [
      'ip protocol="udp"',
      'tcp',
      'udp',
      'sctp',
      'tcp match="no"',
      'udp match="no"',
      'udp dstportstart="7"',
    ]
      .map((protocol) => rule(`<${protocol} srcportstart='0' srcportend='65535'/>`))
      .join(''),
  },
  'any flags': {
    body:
      rule("<tcp flags='NONE/NONE' dstportstart='4'/>") +
      rule("<tcp match='no' flags='NONE/NONE'/>") +
      rule("<tcp srcportstart='0' dstportstart='65535' flags='SYN/SYN'/>") +
      rule("<tcp match='no' flags='SYN/ALL' srcmacaddr='$MAC' dscp='3'/>", "action='reject' direction='out'"),
  },
  'ICMP messages': {
    body:
      each([0, 8, 255], (type) => `<icmp type='${type}'/>`) +
      each([1, 255], (type) => `<icmpv6 type='${type}'/>`) +
      rule("<icmp type='3' code='255'/>") +
      rule("<icmp type='9'/>", accept('inout')) +
      rule("<icmp type='8' state='NEW'/>", accept('in')) +
      rule('<icmp/>', accept('out')),
  },
  'states of connections': {
    body:
      rule("<tcp state='NEW'/>", "action='drop' direction='in'") +
      rule("<tcp state='NONE' srcportstart='1'/>", accept('in')) +
      rule("<udp state='ESTABLISHED,RELATED'/>", accept('out')) +
      rule("<udp state='NEW' srcportstart='7'/>", accept('inout')) +
      rule("<tcp state='NEW' dstportstart='1'/>", "action='return' direction='out' statematch='false'") +
      rule('<all/>', "action='return' direction='in'"),
  },
  'limits of connections': {
    body:
      rule("<tcp connlimit-above='3'/>", accept('out')) +
      rule("<tcp match='no' connlimit-above='3' srcportstart='5'/>", accept('in')) +
      rule("<tcp connlimit-above='9' state='NEW'/>", accept('out')),
  },
  'ranges of addresses': {
    body: rule(
      "<udp match='no' srcipfrom='10.0.0.1' srcipto='10.0.0.9' dstipfrom='10.0.0.3' dstipto='10.0.0.5'/>",
    ),
  },
  'rejected packets of IPv6': { body: rule('<tcp-ipv6/>', "action='reject' direction='inout'") },
  'comments that are quoted': {
    body:
      rule("<tcp comment='plain-word_1'/>") +
      rule('<udp comment="it\'s é $x"/>') +
      rule('<all comment=\'a -p tcp -m "q"\'/>'),
  },
};

/** Filters that a case refers to: chains that share a priority. */
export const tiedFilters: readonly string[] = ['a', 'b', 'c'].map(
  (name, i) =>
    `<filter name='tied-${name}' chain='ipv4-${name}' priority='-600'>
      ${rule(`<ip protocol='${97 + i}'/>`, "action='drop' direction='inout'")}</filter>`,
);
