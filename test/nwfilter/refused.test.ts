import t, { type Test } from 'tap';
import { Problem } from '../../src/errors.js';
import { filterFromJson } from '../../src/nwfilter/from-json.js';
import { filterFromLibvirt, filterFromXml } from '../../src/nwfilter/from-xml.js';

/** What the problem names, and what it says of each. */
function refusal(t: Test, read: () => unknown): Record<string, string> {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    t.equal(error.type, 'invalid-request');
    return Object.fromEntries((error.errors ?? []).map(({ path, message }) => [path, message]));
  }
  t.fail('it is not refused');
  return {};
}

const rule = (match: string): string =>
  `<filter name='x'><rule action='drop' direction='out'>${match}</rule></filter>`;

const stpAttributes = ['type', 'flags', 'port', 'age', 'max-age', 'hello-time', 'forward-delay'].flatMap(
  (name) => [name, ...(/type|flags/.test(name) ? [] : [`${name}-hi`])],
);
stpAttributes.push('root-priority', 'root-priority-hi');

const xml: [xml: string, path: string, says: RegExp][] = [
  [rule("<mac srcmacadr='$MAC'/>"), '/filter/rule[1]/mac/@srcmacadr', /no attribute of mac/],
  [rule("<ip srcportstart='1'/>"), '/filter/rule[1]/ip/@srcportstart', /needs protocol tcp/],
  [rule("<mac srcmacaddr='$ MAC'/>"), '/filter/rule[1]/mac/@srcmacaddr', /a MAC address, or a variable/],
  [rule("<ip srcipaddr='010.0.0.1'/>"), '/filter/rule[1]/ip/@srcipaddr', /without leading zeros/],
  [
    rule("<ip srcipaddr='10.0.0.1' srcipmask='255.0.255.0'/>"),
    '/filter/rule[1]/ip/@srcipmask',
    /from 0 to 32/,
  ],
  [
    rule("<mac srcmacaddr='$MAC' srcmacmask='ff:00:ff:00:00:00'/>"),
    '/filter/rule[1]/mac/@srcmacmask',
    /one bits/,
  ],
  [rule("<ip srcipmask='8'/>"), '/filter/rule[1]/ip/@srcipmask', /needs srcipaddr/],
  [rule("<tcp srcportend='8'/>"), '/filter/rule[1]/tcp/@srcportend', /needs srcportstart/],
  [rule("<stp root-cost-hi='8'/>"), '/filter/rule[1]/stp/@root-cost-hi', /needs root-cost/],
  [rule("<icmp code='8'/>"), '/filter/rule[1]/icmp/@code', /needs type/],
  [rule("<all ipset='a'/>"), '/filter/rule[1]/all/@ipset', /needs ipsetflags/],
  [rule("<tcp ipset='a' ipsetflags='src'/>"), '/filter/rule[1]/tcp/@ipset', /ignored.*protocol all/],
  [rule("<tcp-ipv6 flags='SYN/SYN'/>"), '/filter/rule[1]/tcp-ipv6/@flags', /ignored/],
  [rule("<tcp-ipv6 state='NEW'/>"), '/filter/rule[1]/tcp-ipv6/@state', /no attribute/],
  [rule("<tcp-ipv6 dstipfrom='::1' dstipto='::2'/>"), '/filter/rule[1]/tcp-ipv6/@dstipto', /a variable/],
  [rule("<tcp match='no' dstportstart='80'/>"), '/filter/rule[1]/tcp/@dstportstart', /needs srcportstart/],
  [rule("<ipv6 match='no' protocol='icmpv6' code='3'/>"), '/filter/rule[1]/ipv6/@code', /cannot be negated/],
  [
    rule("<ip match='no' protocol='tcp' dstportstart='1'/>"),
    '/filter/rule[1]/ip/@dstportstart',
    /cannot be negated/,
  ],
  [rule("<ipv6 type='1'/>"), '/filter/rule[1]/ipv6/@type', /needs protocol icmpv6/],
  [rule("<ip match='no'/>"), '/filter/rule[1]/ip/@match', /match everything/],
  [rule("<ip match='maybe'/>"), '/filter/rule[1]/ip/@match', /yes or no/],
  [rule("<mac comment='$x'/>"), '/filter/rule[1]/mac/@comment', /begin with \$/],
  [rule(`<mac comment='${'é'.repeat(129)}'/>`), '/filter/rule[1]/mac/@comment', /256 bytes/],
  [rule("<tcp dstportstart='9' dstportend='8'/>"), '/filter/rule[1]/tcp/@dstportend', /9 or more/],
  [rule("<stp age='9' age-hi='8'/>"), '/filter/rule[1]/stp/@age-hi', /9 or more/],
  [
    rule("<udp match='no' srcportstart='0' srcportend='65535'/>"),
    '/filter/rule[1]/udp/@srcportend',
    /every packet/,
  ],
  [
    rule(`<stp ${stpAttributes.map((name) => `${name}='1'`).join(' ')}/>`),
    '/filter/rule[1]/stp/@match',
    /at most 12/,
  ],
  [rule("<tcp match='no' flags='NONE/NONE'/>"), '/filter/rule[1]/tcp/@flags', /every packet/],
  [rule("<vlan encap-protocol='0x800'/>"), '/filter/rule[1]/vlan/@encap-protocol', /0x2048/],
  [rule('<mac/><mac/>'), '/filter/rule[1]/mac', /once/],
  [rule('<mac/><ip/>'), '/filter/rule[1]/ip', /not known here/],
  [rule('<foo/>'), '/filter/rule[1]/foo', /protocol/],
  [rule('<mac>text</mac>'), '/filter/rule[1]/mac', /no text/],
  [rule('<mac><ip/></mac>'), '/filter/rule[1]/mac/ip', /not known here/],
  ["<filter name='x'><rule action='drop'/></filter>", '/filter/rule[1]/@direction', /required/],
  [
    "<filter name='x'><rule action='deny' direction='in'/></filter>",
    '/filter/rule[1]/@action',
    /must be one of drop/,
  ],
  [
    "<filter name='x'><rule action='drop' direction='in' priority='1001'/></filter>",
    '/filter/rule[1]/@priority',
    /-1000 to 1000/,
  ],
  [
    "<filter name='x'><rule action='drop' direction='in' statematch='true'/></filter>",
    '/filter/rule[1]/@statematch',
    /false/,
  ],
  ["<filter name='x'><filterref/></filter>", '/filter/filterref[1]/@filter', /name of a filter/],
  [
    "<filter name='x'><filterref filter='a'><parameter name='A B' value='1'/></filterref></filter>",
    '/filter/filterref[1]/parameter[1]/@name',
    /letters/,
  ],
  [
    "<filter name='x'><filterref filter='a'><parameter name='A' value='1 2'/></filterref></filter>",
    '/filter/filterref[1]/parameter[1]/@value',
    /letters/,
  ],
  ["<filter name='x' chain='rooty'/>", '/filter/@chain', /root, or begin/],
  ["<filter name='x' chain='arp-too-long-x'/>", '/filter/@chain', /12 characters/],
  ["<filter name='x' chain='mac' priority='0'/>", '/filter/@priority', /forgets/],
  ["<filter name='../x'/>", '/filter/@name', /letters/],
  ['<filter/>', '/filter/@name', /required/],
  ["<filter name='x' xmlns='urn:x'/>", '/filter/@xmlns', /not a known attribute/],
  ["<filter name='x'><uuid>1</uuid></filter>", '/filter/uuid', /UUID/],
  ["<domain name='x'/>", '/domain', /must be filter/],
  ["<!DOCTYPE filter [<!ENTITY a 'b'>]><filter name='&a;'/>", '', /document type/],
  ["<filter name='x'>&a;</filter>", '', /begins no character reference/],
  ["<filter name='x&#0;'/>", '', /no character of XML/],
  ["<filter name='x&#xD800;'/>", '', /no character of XML/],
  ["<filter name='x'><![CDATA[a]]></filter>", '', /CDATA/],
  ["<filter name='x' name='y'/>", '', /repeated/],
  ["<filter name='x'>", '', /well formed/],
  ["<filter name='x' __proto__='y'/>", '', /cannot be read/],
  ["<filter name='x'/><filter name='y'/>", '', /one root/],
  [`<filter name='x'>${'<rule>'.repeat(50)}${'</rule>'.repeat(50)}</filter>`, '', /deep/],
  ['', '', /./],
  ['{}', '', /./],
];

await t.test(
  'XML that is refused takes no long time, and the answer stays readable',
  { timeout: 10_000 },
  (t) => {
    for (const long of ['<!--'.repeat(60_000), '<a>'.repeat(80_000)])
      for (const message of Object.values(refusal(t, () => filterFromXml(long))))
        t.ok(message.length < 400, `${message.length} characters`);
    t.end();
  },
);

await t.test('XML that is refused, by the place that is wrong', (t) => {
  for (const [given, path, says] of xml) {
    const found = refusal(t, () => filterFromXml(given));
    t.match(found[path], says, `${given.slice(0, 90)} → ${JSON.stringify(found)}`);
  }
  t.end();
});

const drop = { action: 'drop', direction: 'out' };
const json: [body: unknown, path: string, says: RegExp][] = [
  [[], '', /object/],
  [{}, '/name', /required/],
  [{ name: 'x' }, '/entries', /required/],
  [{ name: 'x', entries: [], managed: true }, '/managed', /not a known field/],
  [{ name: 'x', entries: [], chain: 5 }, '/chain', /root/],
  [{ name: 'x', entries: [], priority: '5' }, '/priority', /integer/],
  [{ name: 'x', entries: [], priority: null }, '/priority', /integer/],
  [{ name: 'x', entries: [1] }, '/entries/0', /object/],
  [{ name: 'x', entries: [drop] }, '/entries/0/protocol', /required/],
  [{ name: 'x', entries: [{ ...drop, protocol: 'toString' }] }, '/entries/0/protocol', /must be one of mac/],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'none', match: {} }] },
    '/entries/0/match',
    /not a known field/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'ip', match: { a: 1 } }] },
    '/entries/0/match/a',
    /no attribute of ip/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'ip', match: { toString: 1 } }] },
    '/entries/0/match/toString',
    /no attribute of ip/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'ip', match: { hasOwnProperty: 1 } }] },
    '/entries/0/match/hasOwnProperty',
    /no attribute of ip/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'ip', match: { 'a/b~': 1 } }] },
    '/entries/0/match/a~1b~0',
    /./,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'tcp', match: { srcportstart: '80' } }] },
    '/entries/0/match/srcportstart',
    /integer from 0 to 65535, or a variable/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'tcp', match: { flags: { mask: ['SYN'] } } }] },
    '/entries/0/match/flags',
    /mask and set/,
  ],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'ip', match: { dscp: 1 }, notMatch: { srcipaddr: '$IP' } }] },
    '/entries/0/notMatch',
    /beside match/,
  ],
  [{ name: 'x', entries: [{ ...drop, protocol: 'mac', comment: 'a\nb' }] }, '/entries/0/comment', /control/],
  [
    { name: 'x', entries: [{ ...drop, protocol: 'mac', statematch: 'no' }] },
    '/entries/0/statematch',
    /true or false/,
  ],
  [{ name: 'x', entries: [{ ref: 'a b' }] }, '/entries/0/ref', /name of a filter/],
  [{ name: 'x', entries: [{ ref: 'a', action: 'drop' }] }, '/entries/0/action', /not a known field/],
  [
    { name: 'x', entries: [{ ref: 'a', parameters: [{ name: 'A' }] }] },
    '/entries/0/parameters/0/value',
    /letters/,
  ],
  [{ name: 'x', entries: Array.from({ length: 1001 }, () => ({ ref: 'a' })) }, '/entries', /at most 1000/],
];

await t.test('JSON that is refused, by the field that is wrong', (t) => {
  for (const [body, path, says] of json) {
    const found = refusal(t, () => filterFromJson(body));
    t.match(found[path], says, `${path} → ${JSON.stringify(found)}`);
  }
  t.end();
});

await t.test('every wrong place is named, and the first twenty of many', (t) => {
  const wrong = { ...drop, protocol: 'ip', match: { a: 1 }, action: 'x' };
  t.strictSame(Object.keys(refusal(t, () => filterFromJson({ name: '-', entries: [wrong] }))), [
    '/name',
    '/entries/0/action',
    '/entries/0/match/a',
  ]);
  const many = refusal(t, () => filterFromJson({ name: 'x', entries: Array.from({ length: 100 }, () => 1) }));
  t.equal(Object.keys(many).length, 20);
  t.end();
});

await t.test('what libvirt shows of filters that were defined without its schema is read', (t) => {
  const shown = `<filter name='x' chain='root'><uuid>11111111-2222-3333-4444-555555555555</uuid>
    <rule action='accept' direction='out' priority='500'>
      <tcp match='no' srcipaddr='1.2.3.4'/><tcp dstportstart='80'/><tcp match='no' comment='hi'/>
    </rule>
    <rule action='accept' direction='out' priority='500'><arp arpsrcipaddr='1.2.3.4' arpsrcipmask='24'/></rule>
  </filter>`;
  t.match(filterFromLibvirt(shown).entries, [
    { match: { dstportstart: 80 }, notMatch: { srcipaddr: '1.2.3.4' }, comment: 'hi' },
    { match: { arpsrcipaddr: '1.2.3.4', arpsrcipmask: 24 } },
  ]);
  t.throws(() => filterFromLibvirt(rule("<mac news='1'/>")), /mac\/@news/);
  t.end();
});
