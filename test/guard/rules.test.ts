import t from 'tap';
import { guardClasses } from '../../src/guard/rule.js';
import { guardFor } from '../../src/guard/rules.js';
import { proofScript, putScript, removeScript } from '../../src/guard/script.js';

const nic = { port: 'vnet0', mac: '52:54:00:AA:00:01', filters: ['vdsm-no-mac-spoofing'], parameters: [] };
const strict = {
  ...nic,
  filters: [
    'virtwarden-strict-mac',
    'virtwarden-no-server-roles',
    'virtwarden-own-ipv4',
    'virtwarden-own-ipv6',
  ],
  parameters: [
    { name: 'IP', value: '10.0.0.1' },
    { name: 'IPV6', value: '::ffff:10.0.0.1' },
  ],
};
const texts = (of: typeof strict | typeof nic) => guardFor(of).rules.map(({ text }) => text);

await t.test('the rules of a NIC whose filter is about MAC addresses alone', (t) => {
  const script = putScript(guardFor(nic));
  t.match(script, 'tag_types { 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 }');
  t.match(script, 'inner_tag_types { 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 }');
  t.match(script, ' snap_types { 0x0806, 0x8035, 0x8100, 0x88a8, 0x9100, 0x9200, 0x9300 }');
  const inTag = 'meta protocol @tag_types @nh,16,16';
  const [drop, pass] = [(kind: string) => `counter drop comment "${kind}"`, 'counter accept comment "pass"'];
  t.strictSame(texts(nic), [
    `ether saddr != 52:54:00:aa:00:01 ${drop('mac')}`,
    `${inTag} @inner_tag_types ${drop('tag')}`,
    `meta protocol < 0x0600 @nh,0,16 & 0xfefe == 0xaaaa @nh,48,16 @snap_types ${drop('snap')}`,
    `meta protocol 0x0806 @nh,0,48 0x000108000604 @nh,64,48 0x525400aa0001 ${pass}`,
    `meta protocol 0x0806 ${drop('arp')}`,
    `meta protocol 0x8035 @nh,0,48 0x000108000604 @nh,64,48 0x525400aa0001 ${pass}`,
    `meta protocol 0x8035 ${drop('rarp')}`,
    `${inTag} < 0x0600 @nh,32,16 & 0xfefe == 0xaaaa @nh,80,16 @snap_types ${drop('snap')}`,
    `${inTag} 0x0806 @nh,32,48 0x000108000604 @nh,96,48 0x525400aa0001 ${pass}`,
    `${inTag} 0x0806 ${drop('arp')}`,
    `${inTag} 0x8035 @nh,32,48 0x000108000604 @nh,96,48 0x525400aa0001 ${pass}`,
    `${inTag} 0x8035 ${drop('rarp')}`,
  ]);
  t.end();
});

await t.test('a strict NIC’s rules name its addresses, as nft can compare them', (t) => {
  const rules = texts(strict);
  t.ok(rules.includes('meta protocol ip ip saddr != { 10.0.0.1 } counter drop comment "ip"'));
  t.ok(rules.includes('meta protocol ip6 ip6 saddr != { ::ffff:10.0.0.1 } counter drop comment "ip"'));
  t.ok(rules.some((rule) => rule.includes('@nh,112,32 { 0x0a000001 }')));
  t.ok(rules.some((rule) => rule.includes('@th,64,128 { 0x00000000000000000000ffff0a000001 }')));
  t.end();
});

await t.test(
  'every rule counts, and its comment is its class; what passes is decided after the source MAC',
  (t) => {
    for (const of of [nic, strict]) {
      const { rules } = guardFor(of);
      for (const { class: kind, text } of rules) {
        t.ok(guardClasses.includes(kind));
        const verdict = kind === 'pass' ? 'accept' : 'drop';
        t.ok(text.endsWith(` counter ${verdict} comment "${kind}"`), text);
      }
      t.equal(rules[0]?.class, 'mac');
    }
    t.end();
  },
);

await t.test('what nft would read as something else is no tap and no MAC address', (t) => {
  for (const port of ['', 'a b', 'vnet"', 'vnet*', 'eth0;', 'sixteen-letters-', 'é'])
    t.throws(() => guardFor({ ...nic, port }), RangeError);
  for (const mac of ['', '52:54:00:00:00', '52:54:00:00:00:01 accept', 'aa-bb-cc-dd-ee-ff'])
    t.throws(() => guardFor({ ...nic, mac }), RangeError);
  for (const port of ['0-a.b_c', 'fifteen-letters', '-', '9'])
    t.match(putScript(guardFor({ ...nic, port })), `device "${port}"`);
  t.end();
});

await t.test('a tap’s chain is replaced whole, in one transaction', (t) => {
  const chain = 'netdev virtwarden_guard tap_vnet0';
  const [table, ...script] = putScript(guardFor(nic)).trimEnd().split('\n');
  const lines = script.filter((line) => !/ (set|element) /.test(line));
  t.equal(table, 'add table netdev virtwarden_guard');
  t.strictSame(lines.slice(0, 3), [
    `add chain ${chain}`,
    `delete chain ${chain}`,
    `add chain ${chain} { type filter hook ingress device "vnet0" priority -400; policy accept; }`,
  ]);
  t.strictSame(
    lines.slice(3),
    texts(nic).map((text) => `add rule ${chain} ${text}`),
  );
  t.strictSame(removeScript('vnet0').split('\n').slice(1, 3), lines.slice(0, 2));
  t.end();
});

await t.test('the proof hangs on nothing, and goes with nft', (t) => {
  const script = proofScript([guardFor(nic), guardFor({ ...strict, port: 'vnet1' })]);
  t.match(script, /^add table netdev virtwarden_guard_proof_\w+ \{ flags owner; \}\n/);
  t.notMatch(script, 'hook');
  t.match(script, /^add chain netdev virtwarden_guard_proof_\w+ tap_vnet1$/m);
  t.not(proofScript([]), proofScript([]), "nobody else's table");
  t.end();
});
