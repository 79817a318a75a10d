/** A filter made by hand: what is in it, and what a NIC must give for it. */
export interface Handmade {
  attributes?: string;
  body: string;
  parameters?: Record<string, string[]>;
}

const rule = (match: string, attributes = "action='drop' direction='out'"): string =>
  `<rule ${attributes}>${match}</rule>`;
const twice = (match: string): string => rule(match) + rule(match, "action='accept' direction='in'");
const IP = ['10.0.0.1', '10.0.0.2'];

/** Filters that use every protocol and feature of libvirt's schema. */
export const handmade: Readonly<Record<string, Handmade>> = {
  empty: { body: '' },
  'any frame': { body: "<rule action='drop' direction='out'/>" },
  'any frame, both ways, first of all': { body: "<rule action='drop' direction='inout' priority='-1000'/>" },
  actions: {
    body: ['drop', 'accept', 'return', 'continue']
      .map((action, i) => rule('<mac/>', `action='${action}' direction='out' priority='${i}'`))
      .join(''),
  },
  reject: { body: rule('<tcp/>', "action='reject' direction='inout'") },
  mac: { body: twice("<mac srcmacaddr='$MAC' dstmacaddr='1:2:3:aB:c:D' protocolid='0x88b5'/>") },
  'mac masks': {
    body: twice(
      "<mac srcmacaddr='52:54:00:00:00:00' srcmacmask='ff:ff:ff:00:00:00' dstmacaddr='01:00:00:00:00:00' dstmacmask='80:00:00:00:00:00'/>",
    ),
  },
  'mac protocols': {
    body: ['arp', 'rarp', 'ipv4', 'ipv6', '34525', '2054', '0x600']
      .map((protocol) => rule(`<mac protocolid='${protocol}'/>`))
      .join(''),
  },
  'mac, negative': { body: twice("<mac match='no' srcmacaddr='$MAC'/>") },
  'mac, positive by name': { body: twice("<mac match='yes' srcmacaddr='$MAC'/>") },
  vlan: { attributes: "chain='vlan'", body: twice("<vlan vlanid='0x5' encap-protocol='arp'/>") },
  'vlan of a MAC': { body: twice("<vlan srcmacaddr='$MAC' vlanid='4094'/>") },
  'vlan by variable': { body: twice("<vlan vlanid='$VID'/>"), parameters: { VID: ['7'] } },
  stp: {
    attributes: "chain='stp-x' priority='-10'",
    body: twice(
      "<stp srcmacaddr='52:54:00:00:00:01' type='0x12' flags='1' root-priority='1' root-priority-hi='9' root-address='06:05:04:03:02:01' root-address-mask='ff:ff:ff:ff:ff:ff' root-cost='0x11' root-cost-hi='4294967295'/>",
    ),
  },
  'stp, the sender': {
    body: twice(
      "<stp sender-priority='0x1234' sender-address='06:05:04:03:02:01' port='123' port-hi='234' age='5544' age-hi='5555' max-age='7777' max-age-hi='8888' hello-time='12345' hello-time-hi='12346' forward-delay='54321' forward-delay-hi='65432'/>",
    ),
  },
  'stp, negative': { body: twice("<stp match='no' root-priority='1' root-priority-hi='3'/>") },
  arp: {
    attributes: "chain='arp'",
    body: twice(
      "<arp hwtype='1' protocoltype='0x800' opcode='Request' arpsrcmacaddr='$MAC' arpdstmacaddr='0:0:0:0:0:0' arpsrcipaddr='$IP[@1]' arpdstipaddr='10.0.0.9'/>",
    ),
    parameters: { IP },
  },
  'arp opcodes': {
    attributes: "chain='arp-ops'",
    body: ['reply', 'Reply_Reverse', 'InARP_Request', 'ARP_NAK', '1', '65535']
      .map((opcode) => rule(`<arp opcode='${opcode}'/>`))
      .join(''),
  },
  'gratuitous arp': { body: rule("<arp gratuitous='yes'/>") + rule("<arp gratuitous='false'/>") },
  'arp, negative': {
    attributes: "chain='arp-mac' priority='-520'",
    body: twice("<arp match='no' arpsrcmacaddr='$MAC'/>"),
  },
  rarp: {
    attributes: "chain='rarp'",
    body: twice("<rarp opcode='Request_Reverse' arpsrcmacaddr='$MAC' arpdstmacaddr='$MAC'/>"),
  },
  ip: {
    attributes: "chain='ipv4-ip' priority='-710'",
    body: twice(
      "<ip srcmacaddr='$MAC' srcipaddr='10.1.2.3' srcipmask='255.255.0.0' dstipaddr='224.0.0.0' dstipmask='4' protocol='udp' srcportstart='20' srcportend='0x20' dstportstart='100' dstportend='1111' dscp='0x1a'/>",
    ),
  },
  'ip protocols': {
    body: ['tcp', 'udp', 'udplite', 'esp', 'ah', 'icmp', 'igmp', 'sctp', '255', '0x11']
      .map((protocol) => rule(`<ip protocol='${protocol}'/>`))
      .join(''),
  },
  'ip, negative': {
    body: twice("<ip match='no' srcipaddr='10.0.0.0' srcipmask='8' protocol='tcp' dscp='1'/>"),
  },
  'ip by all of a list': { body: twice("<ip srcipaddr='$IP'/>"), parameters: { IP } },
  'ip by the second of a list': { body: twice("<ip srcipaddr='$IP[1]'/>"), parameters: { IP } },
  'ip by two iterators': {
    body: twice("<ip protocol='tcp' srcipaddr='$IP[@1]' dstportstart='$PORT[@2]'/>"),
    parameters: { IP, PORT: ['80', '443', '8080'] },
  },
  'ip by one iterator': {
    body: twice("<ip protocol='tcp' srcipaddr='$IP[@1]' dstportstart='$PORT[@1]'/>"),
    parameters: { IP, PORT: ['80', '443'] },
  },
  'ip with a mask by variable': {
    body: twice("<ip srcipaddr='$NET' srcipmask='$MASK'/>"),
    parameters: { NET: ['10.0.0.0'], MASK: ['8'] },
  },
  ipv6: {
    attributes: "chain='ipv6-ip'",
    body: twice(
      "<ipv6 srcipaddr='2001:DB8:0:0::1' srcipmask='ffff:ffff::' dstipaddr='ff02::1:ff00:0' dstipmask='104' protocol='tcp' srcportstart='1' dstportstart='2' dstportend='3'/>",
    ),
  },
  'ipv6 neighbours': {
    body: twice("<ipv6 protocol='icmpv6' type='133' typeend='137' code='0' codeend='0'/>"),
  },
  'ipv6, negative': { body: twice("<ipv6 match='no' srcipaddr='fe80::' srcipmask='10'/>") },
  'ipv6 of a list': {
    body: twice("<ipv6 srcipaddr='$IPV6'/>"),
    parameters: { IPV6: ['fe80::1', '2001:db8::2'] },
  },
  tcp: {
    body: twice(
      "<tcp srcmacaddr='1:2:3:4:5:6' srcipaddr='10.1.2.3' srcipmask='32' dstipaddr='10.0.0.0' dstipmask='255.0.0.0' dscp='39' srcportstart='1' srcportend='2' dstportstart='3' dstportend='4'/>",
    ),
  },
  'tcp flags': {
    body: ['SYN/ALL', 'SYN,ACK/SYN', 'ALL/NONE', 'URG,PSH,FIN,RST/RST,FIN', 'NONE/NONE']
      .map((flags) => rule(`<tcp flags='${flags}'/>`))
      .join(''),
  },
  'tcp states': {
    body: ['NEW', 'ESTABLISHED,RELATED', 'INVALID,NEW', 'NONE']
      .map((state) => rule(`<tcp state='${state}'/>`, "action='accept' direction='inout'"))
      .join(''),
  },
  'tcp without state': {
    body: rule("<tcp dstportstart='22'/>", "action='accept' direction='in' statematch='0'"),
  },
  'tcp connections': {
    body: rule("<tcp connlimit-above='3' dstportstart='22'/>", "action='drop' direction='in'"),
  },
  'tcp connections by variable': {
    body: rule("<tcp connlimit-above='$N'/>", "action='drop' direction='in'"),
    parameters: { N: ['5'] },
  },
  'tcp, negative': { body: twice("<tcp match='no' srcportstart='20' srcportend='25' dstportstart='80'/>") },
  udp: {
    body: twice("<udp srcipfrom='10.0.0.1' srcipto='10.0.0.9' dstportstart='$PORT'/>"),
    parameters: { PORT: ['53', '67'] },
  },
  sctp: { body: twice("<sctp dstipfrom='10.0.0.1' dstipto='10.0.0.9' srcportstart='7' dscp='0x3f'/>") },
  icmp: { body: twice("<icmp type='8' code='0'/>") + rule("<icmp match='no' type='0x0b'/>") },
  igmp: { body: twice("<igmp srcipaddr='10.0.0.1' srcipmask='24'/>") },
  all: { body: twice("<all srcmacaddr='$MAC' dstipaddr='10.0.0.1' dscp='2'/>") },
  esp: { body: twice("<esp dstipaddr='10.0.0.1'/>") },
  ah: { body: twice("<ah srcipaddr='10.0.0.1'/>") },
  udplite: { body: twice("<udplite srcipaddr='10.0.0.1'/>") },
  'tcp-ipv6': {
    body: twice(
      "<tcp-ipv6 srcmacaddr='$MAC' srcipaddr='a:b:c::d:e:f' srcipmask='128' dstipaddr='a:b:c::' dstipmask='48' dscp='2' srcportstart='0x123' srcportend='400' dstportstart='0x234' dstportend='600'/>",
    ),
  },
  'udp-ipv6': { body: twice("<udp-ipv6 srcipfrom='2001:db8::1' dstportstart='547'/>") },
  'sctp-ipv6': { body: twice("<sctp-ipv6 match='no' srcipaddr='::1'/>") },
  icmpv6: { body: twice("<icmpv6 type='134' code='0' srcipaddr='fe80::' srcipmask='10'/>") },
  'all-ipv6': { body: twice("<all-ipv6 srcipaddr='::ffff:1.2.3.4'/>") },
  'esp-ipv6': { body: twice("<esp-ipv6 dstipaddr='f:e:d::c:b:a' dstipmask='127'/>") },
  'ah-ipv6': { body: twice("<ah-ipv6 dstipaddr='::'/>") },
  'udplite-ipv6': { body: twice("<udplite-ipv6 srcipaddr='1:2:3:4:5:6:7:8'/>") },
  comments: {
    body:
      rule("<mac comment='a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; é $x'/>") +
      rule("<tcp dstportstart='80' comment='web; `id` $(id) \\ %s'/>") +
      rule("<ip match='no' srcipaddr='10.0.0.1' comment='not this one'/>"),
  },
  references: {
    attributes: "chain='root' priority='-7'",
    body: "<filterref filter='no-mac-spoofing'/><filterref filter='allow-arp'/>" + rule('<mac/>'),
  },
  'references with parameters': {
    body:
      "<filterref filter='no-ip-spoofing'><parameter name='IP' value='10.0.0.1'/><parameter name='IP' value='10.0.0.2'/></filterref>" +
      "<filterref filter='allow-dhcp-server'><parameter name='DHCPSERVER' value='10.0.0.3'/></filterref>",
  },
};

/** An ipset must be on the host before a rule can name it: libvirt keeps these, the kernel may not know them. */
export const withSets: Readonly<Record<string, Handmade>> = {
  ipset: { body: twice("<all ipset='my-set' ipsetflags='SRC,dst'/>") },
  'ipset by variable': { body: twice("<all ipset='$SET' ipsetflags='src'/>"), parameters: { SET: ['s'] } },
};

/** The XML of one of them. */
export const xmlOf = (name: string, { attributes = '', body }: Handmade): string =>
  `<filter name='${name}' ${attributes}>${body}</filter>`;
